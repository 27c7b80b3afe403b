"""Words that may stand for one another in a question; groups stand between slashes, in base forms."""

from __future__ import annotations

GROUPS = """
buy purchase order acquire / fix repair solve resolve troubleshoot mend / begin start commence initiate
finish complete end conclude / movie film cinema flick / picture photo image photograph pic photos snap
car automobile vehicle auto / phone mobile cellphone smartphone handset cell / computer pc laptop desktop
website site webpage page web / internet online web net / job career profession occupation employment work
company firm business corporation organisation organization enterprise startup / money cash fund income earnings
earn make generate gain / salary pay wage income package ctc compensation / cost price fee charge expense rate
big large huge great massive enormous / small little tiny / quick fast rapid speedy swift
easy simple effortless straightforward / hard difficult tough challenging / begin start launch
smart intelligent clever brilliant / beautiful pretty gorgeous attractive lovely / ugly unattractive
happy glad joyful cheerful / sad unhappy depressed / scared afraid frightened fear terrified / angry mad furious
funny hilarious humorous amusing / strange weird odd unusual / weird bizarre crazy / famous popular known renowned
important significant essential crucial vital key / main primary major chief principal
purpose meaning point goal aim objective / goal ambition target resolution / benefit advantage pro merit upside
drawback disadvantage con downside demerit / difference distinction differ distinguish differentiate
similar alike comparable same / use usage utilise utilize apply application / help assist aid support
teach educate instruct / learn study master understand / student pupil / teacher professor instructor tutor
school college university institute / exam test examination / prepare preparation ready
improve enhance boost better increase develop / increase raise grow improve
reduce decrease lower cut lessen minimize / lose shed drop reduce burn / remove delete erase eliminate rid
stop quit end prevent avoid / overcome beat conquer tackle cope / treat cure heal remedy
illness disease sickness disorder condition / doctor physician / medicine drug medication / pain ache hurt
weight fat / fit healthy shape / food meal dish / recipe cook make prepare
trip travel journey tour visit vacation holiday / place spot location destination / country nation / city town
flat apartment / house home / child kid / kid toddler / baby infant / boy guy man male / girl woman female lady
boyfriend bf partner / girlfriend gf partner / husband spouse / wife spouse / friend buddy mate
people person human individual folk man / love like enjoy adore / hate dislike / want desire wish / need require
think believe consider feel opinion view thought / know tell understand / say tell / tell explain describe
ask question / answer reply response respond / talk speak chat converse / show display reveal / see view watch look
hear listen / look seem appear / find locate search discover get / search look / choose select pick decide
get obtain receive acquire gain / give provide offer supply / keep retain maintain / send transfer mail
receive get accept / change modify alter edit update switch / convert transform change turn
create make build develop produce construct generate / build construct / write compose author / read study
install setup / setup configure set / connect link / disconnect unlink / update upgrade
error bug issue problem fault / problem issue trouble difficulty / fail crash break / crash freeze hang
slow sluggish lag / password passcode pin / account profile / email mail gmail / message text msg sms
call phone ring / picture wallpaper / song music track / game sport / book novel / author writer / story tale
show series program / actor star celebrity / president leader / government govt administration / election vote poll
war conflict battle / world globe earth planet / universe cosmos / god lord deity / religion faith belief
science scientific / history past / future tomorrow / language tongue / word term / sentence phrase
mean signify define definition meaning / example instance sample / kind type sort
way method approach technique strategy manner / step procedure process / tip trick advice suggestion hack
idea concept / reason cause factor why / cause lead trigger / result effect outcome consequence impact
affect impact influence effect / possible feasible / allow permit let / allowed legal permitted
illegal unlawful banned prohibited / ban prohibit forbid / legal lawful / safe secure
dangerous unsafe harmful risky hazardous / bad terrible awful poor horrible
good great nice excellent awesome best amazing / amazing awesome incredible mindblowing mind-blowing
best top greatest finest ultimate / cheap inexpensive affordable budget economical / expensive costly pricey
free gratis / rich wealthy / poor needy / new latest recent modern / old ancient / young youthful / old aged elderly
die death dead pass / death dying / kill murder / live stay reside exist / exist existence real / real true genuine
fake false counterfeit / correct right accurate / wrong incorrect mistaken / mistake error / start open / open launch
close shut / hide conceal / lock secure / unlock open / log sign / login signin / recover restore retrieve reset
reset change recover / hack crack / track trace monitor / block ban / invest investment / invest trade / stock share
trade exchange / tax taxation / loan credit / rent lease hire / hire recruit employ / fire sack dismiss
quit resign leave / join enter / enter access / visit go see / leave exit / travel go / move relocate shift migrate
immigrate move / fly flight / drive ride / road street / weather climate / rain rainfall / hot warm / cold cool chilly
sleep nap / tired exhausted fatigue / drink beverage / alcohol liquor / quickly fast / currently presently now
approximately about around roughly / often frequently / rarely seldom / mostly mainly / almost nearly / maybe perhaps
especially particularly / total sum / number count quantity amount / average mean / percent percentage
size dimension / height tall / length long / weight heavy weigh / speed fast velocity / age old / distance far
colour color / shape form / area region / part piece portion section component / middle center centre / group team
file document / folder directory / function method procedure / remove drop / array list / dictionary dict hashmap map
repo repository / directory folder / environment env / config configuration settings setting / database db
application app program software / code program script / programme programming coding program code
developer programmer coder / engineer engineering / test check / check verify validate confirm / print output
print display / combine merge join / split separate divide / sort order arrange / delete cancel / cancel terminate
refund reimbursement reimburse moneyback / refund return / order purchase / deliver delivery ship shipping arrive
package parcel / customer client / support service / contact reach / employee worker staff / boss manager / resume cv
cv biodata / university uni / mathematics math maths / essay paper / homework assignment
summary summarise summarize overview / explain explanation describe clarify / compare comparison versus vs
review opinion feedback / rating rank ranking / famous celebrity / tv television / ad advertisement advert commercial
advertise promote market marketing / traffic visitor / video clip / fun enjoyable interesting
interesting fascinating / boring dull / relationship dating marriage / marry marriage wed / divorce separation
sex intercourse / attractive hot / lose loss / pregnant pregnancy / cheat affair / depression depressed
anxiety anxious nervous / stress stressed / confidence confident / motivate motivation motivated
inspire inspirational inspiring inspiration / success successful succeed / fail failure / daily everyday
embarrassing awkward / acne pimple / dark black / mark spot / currency money note
demonetise demonetize demonetization demonetisation / rupee rs / note currency bill / vacant empty / gift present
party celebration / hotel stay accommodation / restaurant eatery cafe / shop store / bill invoice / pay payment
topup top-up / withdraw withdrawal / identify identification identity recognise recognize
rich millionaire billionaire / become be / describe explain / effective efficient / suitable appropriate good
recommend suggest advise / required needed necessary / must should / famous well-known / view perspective
scope future opportunity / opportunity chance prospect / chance probability odds likelihood / win beat
winner champion / candidate applicant / subject topic / major degree course / course class program / training course
certificate certification / skill ability / talent gift / brain mind / mind brain / control manage / handle manage
rule law / law legislation / police cop / prison jail / lawyer attorney advocate / terrorist terrorism
gay homosexual / foreign abroad overseas / citizen citizenship / immigrant immigration / invent discover create
found establish start / own possess / seller vendor / lifetime life / favourite favorite fav best / phone number
ss screenshot / app application / info information detail / specs specification / pros advantages
bike motorcycle motorbike / bicycle cycle / plane airplane aircraft aeroplane / ship boat / train railway / taxi cab
gas petrol fuel / garbage trash rubbish waste / sofa couch / lift elevator / autumn fall / biscuit cookie
chips crisps / football soccer / mum mom mother / dad father / grandma grandmother / grandpa grandfather / dog puppy
cat kitten / bug insect / stomach belly tummy / feet foot / vaccine vaccination / flu influenza / fever temperature
allergy allergic / therapy treatment cure / surgery operation / exercise workout / vegetarian veg / lose loose
rock boulder stone / piece snippet bit / spin rotate revolve / nice kind / rude disrespectful impolite
include add insert upload attach / option opportunity choice / crazy weird creepy / happiness enjoyment joy
prepare study / gain acquire / ex former / remain continue stay / interesting amazing / stop overcome / passage verse
accurate apt / fridge refrigerator / delete deactivate / show depict / mark flag / hate distrust dislike
differ compare differentiate / close similar / safe advisable / heard told / relate connect / tough strong
reform improve / possess have / admission admit join / block remove / useful helpful handy / topic subject
term condition / cheap low-cost / clean wash / throw toss / big major / raise lift / smell odor odour / stain spot
laugh smile giggle / tasty delicious yummy / cab rideshare / afraid fear / annoying irritating
stupid dumb silly idiotic / rumour rumor gossip / quantity volume / famous legendary / plus advantage
decide determine / expand broaden / finish accomplish / attempt try / require take / launch release / issue release
forecast prediction predict / purchase acquisition / telephone phone / understand comprehend grasp / question query
people folk folks person / pimple zit / dev developer / teen teenager adolescent / symptom sign
whole entire complete / baggage luggage suitcase / totally entirely completely fully / ads ad advertisement advert
execute run / terminal cli shell console / extract unzip / deadline due / admin administrator / diff compare
reply respond answer / prove verify / citizen national / beginner newbie novice / notebook laptop
turn switch shut power / origin source / bug defect / hours hrs / food eat / string str / score rating
danger risk hazard / lawful legal allowed / quick swift / teenager youth / convert turn
"""

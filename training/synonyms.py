"""Words and phrases that may stand for each other without changing what is asked.

Each group is one line or one ``;`` entry; its members are separated by ``/``. A member with ``>`` before it is only put
in, never looked for, because elsewhere the word has other meanings.
"""

from __future__ import annotations

# Verbs in their base form, inflected together.
VERBS = """
buy/purchase; fix/repair; begin/>start; remove/>take out; delete/erase; earn/>make; obtain/get hold of; require/>need;
construct/>build; mend/>fix; choose/select/pick; modify/alter; utilise/>use; utilize/>use; terminate/>end;
assist/>help; receive/>get; reply/respond; purchase/buy; locate/>find; discover/>find out; improve/>better;
enhance/improve; reduce/decrease/lower; increase/>raise; prevent/>avoid; shut down/switch off; talk/>speak;
>finish/complete; >acquire/>get/obtain; consume/>use up; gather/collect; demonstrate/>show; >eliminate/get rid of;
retrieve/>fetch/>get; generate/>create; >ask/inquire; cook/>prepare; clean/>clean up; repair/fix; recover/>get back;
overcome/>get over; quit/>give up; tolerate/>put up with; postpone/>put off; continue/>carry on;
investigate/>look into; visit/>go to; permit/allow; comprehend/understand; memorise/>learn by heart;
memorize/memorise; enrol/enroll; organise/organize; analyse/analyze; optimise/optimize; customise/customize;
recognise/recognize; realise/realize; summarise/summarize; minimise/minimize; maximise/maximize; visualise/visualize;
initialise/initialize; serialise/serialize; synchronise/synchronize/>sync; apologise/apologize; criticise/criticize;
specialise/specialize; practise/>practice; invent/>come up with; resign/>step down; commence/>start; inform/>tell;
depart/>leave; reside/>live; renovate/>do up; calculate/compute/>work out; verify/>check; configure/>set up;
launch/>start; execute/run; concatenate/>join; instantiate/>create; iterate/loop; >reboot/restart; erase/>wipe;
display/>show; construct/>build; shorten/>make shorter; lengthen/>make longer; recommend/>suggest; comprehend/>grasp;
soothe/>calm; combat/>fight; boost/increase; strengthen/>make stronger; possess/>own; relocate/>move; appear/>show up
"""

# Nouns in the singular, put into the plural together.
NOUNS = """
movie/film; computer/PC; advantage/benefit; disadvantage/drawback/downside; mistake/>error; car/automobile;
doctor/physician; lawyer/attorney; kid/child; cellphone/mobile phone/cell phone; photo/picture/photograph;
salary/>pay; apartment/>flat; holiday/>vacation; vacation/>holiday; method/>way; technique/>method;
tip/>piece of advice; shop/>store; illness/sickness; ailment/illness; disease/>illness; firm/>company;
corporation/company; enterprise/>company; author/>writer; cheque/>check; elevator/>lift; nation/country;
citizen/>national; remedy/>cure; signature/>sign; picture/image; novice/beginner; newbie/beginner; programmer/coder;
developer/>dev; app/>application; website/site/web site; webpage/web page/page; email/e-mail/>mail; database/>DB;
repo/repository; directory/folder; parameter/>argument; environment variable/>env var; string/>str; integer/>int;
boolean/bool; regex/regular expression; config/configuration; configuration/>settings; admin/administrator;
specification/>spec; document/>doc; advertisement/ad/advert; refrigerator/fridge; television/TV; laptop/>notebook;
grocery store/supermarket; bike/bicycle; motorcycle/motorbike; aeroplane/airplane/>plane; truck/lorry;
petrol/gasoline; attorney/lawyer; exam/examination; mum/mom/mother; dad/father; infant/baby; teenager/teen;
adult/>grown-up; spouse/>partner; CV/resume; curriculum vitae/CV; house/>home; pharmacy/>drugstore;
drugstore/pharmacy; sofa/couch; vegetable/>veg; rubbish/garbage/trash; biscuit/>cookie; eggplant/aubergine;
zucchini/courgette; cilantro/coriander; soccer/>football; stomach ache/tummy ache; heart attack/myocardial infarction;
high blood pressure/hypertension; flu/influenza; cold sore/>fever blister; pimple/zit; side effect/adverse effect;
symptom/>sign; medication/medicine/>drug; painkiller/pain reliever; vaccine/>jab; surgery/>operation;
physiotherapist/>physical therapist; dentist/>dental surgeon; password/>passcode; username/user name/login name;
smartphone/>phone; screenshot/screen capture; bug/>defect; goal/aim/objective; fee/>charge; price/>cost;
expense/>cost; discount/>price reduction; flaw/>defect; shortcut/>quick way; meaning/definition; origin/>source;
purpose/>point; synonym/>word for the same; trip/journey; luggage/baggage; passport photo/>photo for a passport;
landlord/>property owner; tenant/renter; freelancer/>freelance worker; boss/manager; coworker/colleague/co-worker;
staff member/>employee
"""

# Fixed words and phrases.
FIXED = """
information/info; approximately/roughly/>around; quickly/fast; quick/fast;
currently/right now/at the moment/presently; nowadays/these days; maybe/perhaps; big/large; biggest/largest;
tiny/>very small; simple/easy; simplest/easiest; difficult/hard/tough; difficulty/>trouble; simply/>just;
correctly/properly; entire/whole; entirely/completely/totally; nearly/almost; often/frequently; rapidly/quickly;
gradually/>little by little; permanently/for good/>forever; immediately/at once/right away/straight away;
instantly/>immediately; automatically/>by itself; manually/by hand; happy/glad; sad/unhappy; angry/mad at/>cross;
afraid of/scared of/>frightened of; smart/clever/intelligent; stupid/dumb; crucial/>essential; essential/vital;
important/>significant; famous/well-known/>well known; weird/strange/>odd; wealthy/rich; ill/sick; expensive/costly;
cheap/inexpensive; most affordable/cheapest; suitable/appropriate; various/>different; several/>a few; numerous/many;
a lot of/lots of/>plenty of; kids/children; people/>folks; kind of/type of/sort of; kinds of/types of/sorts of;
everybody/everyone; somebody/someone; anybody/anyone; nobody/no one; on the internet/online/on the web;
in order to/>to; as well as/and also; instead of/rather than; for example/for instance/e.g.;
regarding/concerning/>about; via/by means of/>by way of; without using/>not using; if possible/>ideally;
world war 2/>second world war; versus/vs; and/&; etc./etc/and so on; okay/ok/OK; please/pls/plz; thanks/thank you/thx;
want to/>wanna; going to/>gonna; get rid of/eliminate/>remove; deal with/handle/cope with; find out/discover;
look for/search for; set up/>configure; work out/exercise; give up/quit; get better at/improve at/become better at;
take care of/look after; carry out/perform; come up with/>think of; fall asleep/get to sleep;
lose weight/slim down/shed weight; make money/earn money; making money/earning money; earn money/make money;
get fit/get in shape; pass away/>die; ought to/>should; good way to/>nice way to; best way to/>most effective way to;
make sure/ensure; turn off/switch off; turn on/switch on; shut off/turn off; hang out/>spend time; advice/>guidance;
tips/>advice; fluently/>like a native; machine learning/ML; artificial intelligence/AI; AI/artificial intelligence;
natural language processing/NLP; user interface/UI; operating system/OS; application programming interface/API;
command line/>CLI/terminal; graphics card/GPU/video card; central processing unit/CPU/processor;
memory usage/RAM usage; hard drive/hard disk/HDD; solid state drive/SSD; virtual machine/VM; pull request/PR;
merge request/>MR; continuous integration/CI; log in/sign in/login; log out/sign out; logging in/signing in;
sign up/register; signing up/registering; wifi/Wi-Fi/WiFi/wireless; e-commerce/ecommerce/online shopping;
start-up/startup/start up; full-time/full time; part-time/part time; long-term/long term; short-term/short term;
self-confidence/self confidence; real-time/real time; open-source/open source; high-school/high school;
cyber security/cybersecurity/>IT security; data set/dataset; file name/filename; time zone/timezone;
back end/backend/back-end; front end/frontend/front-end; web site/website; data base/database; meet up/meetup;
health care/healthcare; smart phone/smartphone; air plane/airplane; line break/newline; white space/whitespace;
key board/keyboard; colour/color; favourite/favorite; centre/center; theatre/theater; neighbour/neighbor;
behaviour/behavior; honour/honor; labour/labor; flavour/flavor; grey/gray; tyre/>tire; catalogue/catalog;
dialogue/dialog; programme/>program; cancelled/canceled; travelling/traveling; traveller/traveler; modelling/modeling;
jewellery/jewelry; licence/license; defence/defense; metre/meter; litre/liter; kilometre/kilometer;
organisation/organization; optimisation/optimization; visualisation/visualization; authorisation/authorization;
anaemia/anemia; diarrhoea/diarrhea; pyjamas/pajamas; plough/plow; moustache/mustache; mould/mold;
enrolment/enrollment; aluminium/aluminum; maths/math/mathematics; number of/>count of; percent/%;
per annum/per year/>a year; per month/>a month; per week/>a week; per day/>a day; every day/each day;
each year/every year; each month/every month; next to/beside; near/close to; close to/near; far from/>a long way from;
in the near future/soon; at present/>now; at night/>during the night; in the morning/>mornings; at home/>from home;
abroad/overseas/in a foreign country; foreign country/another country; at the same time/simultaneously;
all over the world/worldwide/around the world; the entire world/the whole world; in detail/>thoroughly;
in general/generally; on average/>typically; above all/>most of all; at least/>no less than; a couple of/>two;
half an hour/30 minutes; an hour and a half/90 minutes; fortnight/two weeks; twice/two times; a dozen/twelve;
one hundred/a hundred; one thousand/a thousand/1000; one million/a million; relationship/>relation; girlfriend/>gf;
boyfriend/>bf; weight loss/losing weight; hair loss/losing hair; hairfall/hair fall/hair loss; fat loss/losing fat;
body building/bodybuilding; interview questions/questions asked in interviews; job interview/interview for a job;
exchange rate/rate of exchange; tax return/>tax declaration; bank account/account at a bank;
interest rate/rate of interest; stock market/share market/stock exchange; share price/stock price/price of the share;
phone number/telephone number; mobile number/cell number/mobile phone number; postcode/postal code/zip code;
date of birth/birth date/birthday; driving licence/driver's license/driving license; credit score/credit rating;
electricity bill/power bill; plane ticket/flight ticket/air ticket; public transport/public transportation;
train station/railway station; bus stop/bus station; motorway/highway; travel time/journey time;
life expectancy/expected lifespan; birth rate/>number of births; death rate/mortality rate; prime minister/>PM;
vice president/vice-president/VP; head of state/>leader; boiling point/boiling temperature;
melting point/melting temperature; speed of light/light speed; atomic number/>number of protons; square root/sqrt;
greatest common divisor/GCD; carbon dioxide/CO2; H2O/>water
"""

"""Pairs of words that turn a question round, in their base forms; a word may stand in several pairs."""

from __future__ import annotations

VERBS = """
teach/learn renew/cancel cause/cure avoid/seek spend/earn beat/lose join/leave find/lose load/unload save/delete
accept/reject accept/refuse accept/decline accept/deny activate/deactivate add/remove add/delete add/subtract
agree/disagree allow/forbid allow/block allow/deny allow/prevent allow/prohibit allow/ban allow/disallow
append/prepend appear/disappear approve/reject approve/disapprove approve/deny archive/restore arm/disarm arrive/leave
arrive/depart ascend/descend assemble/disassemble attach/detach attack/defend attract/repel authorize/revoke begin/end
begin/finish begin/stop block/unblock borrow/lend boot/shutdown build/destroy buy/sell purchase/sell charge/discharge
check/uncheck close/open collapse/expand commit/revert compile/decompile compress/decompress compress/extract
compress/expand confirm/cancel confirm/deny connect/disconnect construct/demolish continue/stop convict/acquit
create/delete create/destroy create/remove create/drop credit/debit damage/repair deposit/withdraw decode/encode
decrease/increase decrypt/encrypt deflate/inflate defrost/freeze melt/freeze thaw/freeze demote/promote
deploy/undeploy deploy/rollback deserialize/serialize disable/enable discourage/encourage dismount/mount
divide/multiply downgrade/upgrade download/upload downvote/upvote drop/raise embark/disembark emigrate/immigrate
employ/dismiss enlarge/shrink enter/exit enter/leave evolve/devolve exclude/include exhale/inhale expand/shrink
expand/contract export/import extend/shorten fail/succeed fail/pass fasten/unfasten fill/empty fire/hire float/sink
fold/unfold follow/unfollow forget/remember forgive/punish friend/unfriend gain/lose gather/scatter give/take
give/receive grant/revoke grant/deny grow/shrink hate/love heat/cool hide/show hide/unhide hide/reveal hit/miss
hold/release ignore/notice improve/worsen increase/reduce increase/lower reduce/raise inhibit/stimulate insert/delete
insert/remove insert/eject install/uninstall install/remove invest/divest join/split keep/discard keep/delete
like/dislike like/hate lengthen/shorten level/tilt lift/lower link/unlink lock/unlock loosen/tighten lower/raise
marry/divorce maximize/minimize merge/split mount/unmount mute/unmute obey/disobey open/shut pack/unpack pause/resume
pass/flunk pin/unpin plug/unplug praise/criticize precede/follow prevent/cause produce/consume prove/disprove
publish/unpublish pull/push push/pop quit/join quit/start read/write receive/send recruit/fire register/unregister
register/deregister regress/progress reject/welcome relax/tense release/capture relieve/worsen request/offer
respect/disrespect reward/punish rise/fall rise/set roll/unroll save/spend save/discard screw/unscrew separate/combine
separate/join shallow/deepen show/conceal simplify/complicate slow/accelerate decelerate/accelerate sleep/wake
start/stop start/end start/finish stay/leave strengthen/weaken subscribe/unsubscribe support/oppose surrender/resist
swallow/spit tie/untie trust/distrust underestimate/overestimate undo/redo vaccinate/infect veil/unveil verify/falsify
visit/avoid wake/sleep win/lose wind/unwind wrap/unwrap zip/unzip freeze/unfreeze mask/unmask select/deselect
sign/unsign stage/unstage tag/untag sharpen/blunt sharpen/blur focus/blur soften/harden darken/lighten brighten/darken
brighten/dim narrow/widen thicken/thin ban/unban ban/legalize legalize/criminalize whiten/darken whitelist/blacklist
escalate/deescalate hibernate/wake clog/unclog moisten/dry wet/dry bake/fry
"""

ADJECTIVES = """
local/remote frequent/rare often/rarely often/seldom birth/death easy/tough easy/challenging complicated/easy
less/more fewer/more king/queen man/woman boy/girl short/tall new/old oldest/newest kind/cruel right/wrong hard/soft
real/fake able/unable absent/present abstract/concrete active/passive active/inactive ancient/modern alive/dead
acidic/alkaline acid/base adult/child advanced/basic advanced/beginner advantage/disadvantage analog/digital
asleep/awake asset/liability attractive/unattractive bad/good benefit/drawback benefit/risk benefit/harm big/small
large/small large/tiny big/little huge/tiny blunt/sharp bottom/top brave/cowardly bright/dark bright/dim broad/narrow
brother/sister bull/bear bullish/bearish buyer/seller cause/effect central/peripheral certain/uncertain
cheap/expensive clean/dirty clever/stupid client/server clockwise/anticlockwise clockwise/counterclockwise cold/hot
cold/warm cool/warm common/rare common/uncommon complete/incomplete complex/simple complicated/simple con/pro
concave/convex conscious/unconscious constant/variable contract/expansion convenient/inconvenient correct/incorrect
correct/wrong credit/debit credits/debits dangerous/safe daughter/son day/night deep/shallow demand/supply
deficit/surplus dependent/independent difficult/easy difficult/simple direct/indirect domestic/foreign
domestic/international dry/wet dynamic/static early/late east/west eastern/western employer/employee
employed/unemployed empty/full entrance/exit even/odd evil/good exact/rough excess/shortage exterior/interior
external/internal extrovert/introvert extroverted/introverted fair/unfair false/true famous/unknown far/near fast/slow
quick/slow fat/thin father/mother female/male feminine/masculine fiction/nonfiction fiction/fact final/initial
first/last fixed/variable fixed/floating flexible/rigid forbidden/allowed forward/backward forwards/backwards
fragile/sturdy free/paid free/premium fresh/stale friend/enemy front/back frontend/backend full/partial future/past
general/specific global/local goofy/serious gross/net guest/host guilty/innocent happy/sad happy/unhappy hard/easy
hardware/software healthy/unhealthy healthy/sick heaven/hell heavy/light high/low hollow/solid honest/dishonest
horizontal/vertical hot/cool human/machine husband/wife income/expense input/output inbound/outbound incoming/outgoing
indoor/outdoor indoors/outdoors inferior/superior inhale/exhale inner/outer inside/outside intelligent/stupid
smart/stupid smart/dumb intentional/accidental introduction/conclusion junior/senior known/unknown landlord/tenant
large/little lazy/hardworking leader/follower leading/trailing left/right legal/illegal lender/borrower least/most
fewest/most likely/unlikely likely/improbable liquid/solid literal/figurative living/dead long/short loose/tight
loss/gain loss/profit loud/quiet lower/upper lowercase/uppercase lucky/unlucky major/minor majority/minority
manual/automatic maximum/minimum max/min maximal/minimal mature/immature merit/demerit merit/drawback mild/severe
mild/strong mild/spicy modern/traditional moral/immoral multiple/single mutable/immutable natural/artificial
natural/synthetic necessary/unnecessary needed/optional negative/positive nephew/niece normal/abnormal normal/unusual
north/south northern/southern novice/expert beginner/expert obvious/subtle offline/online offense/defense
offensive/defensive old/young opaque/transparent opponent/ally optimist/pessimist optimistic/pessimistic
optional/mandatory optional/required optional/compulsory ordinary/extraordinary organic/inorganic outside/inside
overweight/underweight parent/child teacher/student peace/war permanent/temporary plural/singular polite/rude
poor/rich poor/wealthy poor/good possible/impossible powerful/weak predator/prey prefix/suffix primary/secondary
private/public pro/con probable/improbable professional/amateur profit/loss pure/impure raw/cooked raw/processed
real/imaginary real/virtual regular/irregular regular/decaf relative/absolute relevant/irrelevant rational/irrational
required/optional reversible/irreversible rough/smooth rural/urban safe/unsafe safe/risky same/different same/opposite
secure/insecure senior/junior sender/recipient sender/receiver similar/different similarity/difference
simple/complicated sick/well skinny/fat sober/drunk soft/loud source/target source/destination sour/sweet bitter/sweet
spicy/bland start/end steep/gentle strength/weakness strong/weak success/failure successful/unsuccessful
sufficient/insufficient summer/winter sunrise/sunset sweet/salty synchronous/asynchronous sync/async
symmetric/asymmetric tall/small thick/thin thick/runny tight/relaxed tragedy/comedy true/untrue typical/atypical
ugly/beautiful ugly/pretty uncle/aunt underrated/overrated upstream/downstream useful/useless valid/invalid
verbal/nonverbal victory/defeat virtue/vice visible/invisible volatile/stable stable/unstable vowel/consonant
wide/narrow widow/widower wise/foolish within/outside won/lost worst/best bad/best young/elderly younger/elder
toxic/harmless harmful/harmless harmful/beneficial painful/painless positive/adverse lossless/lossy stateful/stateless
verbose/quiet verbose/concise concise/detailed brief/detailed short/detailed proprietary/free open/proprietary
ingress/egress inflow/outflow arrival/departure arrivals/departures ascending/descending asc/desc head/tail
newest/oldest import/export importer/exporter homozygous/heterozygous anode/cathode proton/electron arterial/venous
mitosis/meiosis hyper/hypo hyperglycemia/hypoglycemia hypertension/hypotension hyperthyroidism/hypothyroidism
macro/micro odd/normal chronic/acute benign/malignant deductible/nondeductible taxable/exempt refundable/nonrefundable
domestic/imported pessimism/optimism
"""

PREPOSITIONS = """
above/below above/under after/before against/for ahead/behind during/after in/out inside/outside into/from into/out
off/on over/under up/down upward/downward upwards/downwards toward/away towards/away upstairs/downstairs onto/off
minus/plus exceeding/below beneath/above underneath/above
"""

PARTICLES = {
    "turn": "on off up down",
    "switch": "on off",
    "log": "in out on off",
    "sign": "in out up",
    "clock": "in out",
    "check": "in out",
    "opt": "in out",
    "zoom": "in out",
    "scale": "up down in out",
    "speed": "up down",
    "slow": "down",
    "power": "on off up down",
    "scroll": "up down",
    "roll": "back out forward",
    "boot": "up",
    "shut": "down",
    "spin": "up down",
    "put": "on off",
    "take": "on off",
    "get": "in out on off up down",
    "go": "in out up down on off",
    "come": "in out",
    "move": "in out up down",
    "bring": "up down",
    "phase": "in out",
    "plug": "in out",
    "let": "in out",
    "fade": "in out",
    "pull": "up down in out",
    "push": "up down",
    "stand": "up down",
    "sit": "up down",
    "look": "up down",
    "settle": "in down",
    "volume": "up down",
    "cash": "in out",
    "trade": "up down in",
    "break": "in out up down",
}
"""Verbs whose particle decides what they mean, and the particles that do."""

PREFIXED = ("un", "dis", "non", "in", "im", "il", "ir", "mis", "de", "anti")
"""Prefixes that deny the word they stand before; whether the rest is a word is known from the other text."""

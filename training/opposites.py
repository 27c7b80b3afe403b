"""Words that turn a question round, and words that narrow it: pairs of which each may stand for the other.

Verbs are given in their base form and inflected by ``training.inflection``; the rest is fixed.
"""

from __future__ import annotations

VERBS = [
    "enable/disable",
    "add/remove",
    "increase/decrease",
    "start/stop",
    "buy/sell",
    "gain/lose",
    "accept/reject",
    "allow/block",
    "install/uninstall",
    "connect/disconnect",
    "lock/unlock",
    "encrypt/decrypt",
    "encode/decode",
    "import/export",
    "upload/download",
    "push/pull",
    "send/receive",
    "raise/lower",
    "expand/collapse",
    "show/hide",
    "activate/deactivate",
    "subscribe/unsubscribe",
    "follow/unfollow",
    "love/hate",
    "win/lose",
    "attack/defend",
    "borrow/lend",
    "create/delete",
    "include/exclude",
    "join/leave",
    "compress/decompress",
    "zip/unzip",
    "mount/unmount",
    "attach/detach",
    "merge/split",
    "grow/shrink",
    "freeze/thaw",
    "remember/forget",
    "succeed/fail",
    "hire/fire",
    "insert/extract",
    "deposit/withdraw",
    "save/spend",
    "strengthen/weaken",
    "improve/worsen",
    "encourage/discourage",
    "approve/decline",
    "agree/disagree",
    "tighten/loosen",
    "load/unload",
    "pause/resume",
    "mute/unmute",
    "pin/unpin",
    "archive/restore",
    "serialize/deserialize",
    "undo/redo",
    "upgrade/downgrade",
    "block/unblock",
    "read/write",
    "teach/learn",
    "cause/prevent",
    "pass/fail",
    "invite/uninvite",
    "trust/distrust",
    "buy/rent",
    "earn/lose",
    "rise/fall",
    "arrive/leave",
    "open/close",
    "praise/criticise",
    "marry/divorce",
    "recruit/dismiss",
    "grant/revoke",
    "register/unregister",
    "lend/borrow",
    "lengthen/shorten",
    "widen/narrow",
    "soften/harden",
    "heat/cool",
    "cure/cause",
    "maximise/minimise",
    "maximize/minimize",
    "simplify/complicate",
    "confirm/cancel",
    "renew/cancel",
    "wrap/unwrap",
    "fold/unfold",
    "pack/unpack",
    "hide/show",
]

PHRASES = """
turn on/turn off; turning on/turning off; turn off/turn on; turning off/turning on; switch on/switch off;
switch off/switch on; log in/log out; log out/log in; sign in/sign out; opt in/opt out; opt out/opt in;
zoom in/zoom out; scale up/scale down; scale down/scale up; check in/check out; speed up/slow down;
slow down/speed up; lose weight/gain weight; gain weight/lose weight; losing weight/gaining weight;
put on weight/lose weight; log into/log out of; wake up/fall asleep; fall asleep/stay awake; get rid of/get;
get married/get divorced; fall in love/fall out of love; good at/bad at; more than/less than; less than/more than;
at least/at most; at most/at least; as soon as possible/as late as possible; before/after; after/before; with/without;
without/with; above/below; below/above; inside/outside; outside/inside; best/worst; worst/best; better/worse;
good/bad; bad/good; cheap/expensive; expensive/cheap; cheapest/most expensive; highest/lowest; lowest/highest;
higher/lower; biggest/smallest; smallest/biggest; largest/smallest; bigger/smaller; smaller/bigger; longest/shortest;
shortest/longest; longer/shorter; shorter/longer; fastest/slowest; faster/slower; slower/faster; easiest/hardest;
easy/difficult; difficult/easy; hardest/easiest; richest/poorest; poorest/richest; strongest/weakest; oldest/youngest;
youngest/oldest; stronger/weaker; safest/most dangerous; most dangerous/safest; hottest/coldest; coldest/hottest;
most popular/least popular; most important/least important; most/least; legal/illegal; illegal/legal; safe/dangerous;
dangerous/safe; possible/impossible; healthy/unhealthy; unhealthy/healthy; happy/unhappy; rich/poor; poor/rich;
public/private; private/public; male/female; female/male; maximum/minimum; minimum/maximum; internal/external;
external/internal; positive/negative; negative/positive; advantages/disadvantages; disadvantages/advantages;
benefits/drawbacks; benefits/risks; pros/cons; cons/pros; strengths/weaknesses; weaknesses/strengths;
strength/weakness; weakness/strength; success/failure; failure/success; online/offline; offline/online;
indoor/outdoor; outdoor/indoor; ascending/descending; descending/ascending; horizontal/vertical; vertical/horizontal;
static/dynamic; stable/unstable; local/remote; mandatory/optional; first/last; last/first; always/never; never/always;
everyone/no one; everything/nothing; input/output; output/input; rows/columns; columns/rows; row/column; column/row;
profit/loss; profits/losses; men/women; women/men; man/woman; woman/man; boys/girls; girls/boys; boy/girl; girl/boy;
husband/wife; wife/husband; boyfriend/girlfriend; girlfriend/boyfriend; employer/employee; employee/employer;
client/server; server/client; frontend/backend; backend/frontend; tenant/landlord; landlord/tenant; parents/children;
buyer/seller; seller/buyer; sunrise/sunset; arrival/departure; birth/death; introvert/extrovert; extrovert/introvert;
introverts/extroverts; credit card/debit card; debit card/credit card; hardware/software; past/future; future/past;
single/married; married/single; alive/dead; introverted/extroverted; true/false; north/south; south/north;
eastern/western; western/eastern; northern/southern; morning/evening; evening/morning; causes/effects; effects/causes;
cause/effect; symptoms/causes; similarities/differences; rural/urban; urban/rural; liberal/conservative;
left wing/right wing; short term/long term; long term/short term; short-term/long-term; full time/part time;
part time/full time; full-time/part-time; part-time/full-time; front/back; undergraduate/postgraduate; junior/senior;
senior/junior; amateur/professional; introductory/advanced; innocent/guilty; guilty/innocent; attractive/unattractive;
intelligent/stupid; smart/stupid; early/late; optimistic/pessimistic; common/rare; rare/common; underrated/overrated;
overrated/underrated; upper/lower; famous/unknown; useful/useless; necessary/unnecessary; natural/artificial;
fresh/frozen; raw/cooked; cooked/raw; sweet/sour; dry/wet; wet/dry; clean/dirty; empty/full; thick/thin; thin/thick;
deep/shallow; hot/cold; cold/hot; income/expenses; imports/exports; exports/imports; synchronous/asynchronous;
free/paid; paid/free; new/used; everywhere/nowhere; somewhere else/here; often/rarely; rarely/often;
increase/decrease; decrease/increase
"""

# Words that narrow what is asked for, and the nouns that they go before.
NARROWING = {
    "free": "software app apps sites websites course courses tools editor antivirus games books tutorials VPN hosting",
    "online": "courses course sites tools shops store stores classes games tutorials universities degrees jobs",
    "cheap": "laptop laptops phone phones smartphones hotel hotels earphones car cars bikes restaurants flights",
    "new": "movies movie books book games game songs cars phones shows music",
    "used": "car cars laptop laptops bikes phones phone",
    "short": "stories books movies courses novels videos",
    "Indian": "movies books songs actors food dishes companies universities restaurants writers recipes",
    "female": "singers singer actors authors scientists characters athletes",
    "small": "towns companies businesses dogs cars apartments",
}

TIMES = """
today/tomorrow; tomorrow/today; tonight/tomorrow night; yesterday/today; this year/next year; this year/last year;
next year/this year; last year/this year; this month/next month; this week/next week; next week/this week;
last week/this week; last month/this month; next month/this month; in the morning/in the evening;
in the morning/at night; at night/during the day; at night/in the morning; during the day/at night;
before breakfast/after breakfast; every day/once a week; daily/weekly; weekly/monthly; monthly/yearly; daily/monthly;
per day/per week; per month/per year; per year/per month; per hour/per day; a day/a week; a month/a year;
in a day/in a month; in a week/in a month; in a month/in a week; in a year/in a month; this weekend/next weekend;
on weekends/on weekdays; these days/in the past; last night/this morning; in the 1990s/in the 1980s
"""

"""Phrases that ask for a deed or for chance, where a stored answer would be a lie."""

from trimtab.semantic_cache.reuse.phrases import Phrases

_SETS = {
    "ask": "please pls kindly hey hi hello ok okay alexa siri google now just so then can_you could_you would_you"
    " will_you can_u could_u can_you_please could_you_please would_you_please would_you_mind i_want_you_to"
    " i_need_you_to i_would_like_you_to i_want_to i_need_to i_would_like_to i_would_love_to i_have_to"
    " i_am_going_to i_gotta i_wanna i_want i_need let_us go_ahead_and go_and you_need_to i_must i_should"
    " we_need_to_please you_must you_can you_should help_me do_me_a_favor_and quickly immediately i_would_like"
    " let_me can_i_get_you_to is_it_possible_for_you_to are_you_able_to be_a_dear_and make_sure_to you_to"
    " hurry_and try_to we_need_to we_want_to can_we_please and also i_am_trying_to may_i_please can_i_please",
    "deed": "cancel book rebook reserve order reorder purchase buy send email e_mail mail dial phone pay transfer"
    " wire withdraw deposit delete erase remind schedule reschedule unlock lock mute unmute pause resume play"
    " replay shuffle skip flip toss roll freeze unfreeze block unblock deactivate disable report dispute redeem"
    " activate subscribe unsubscribe post tweet publish upload download install uninstall reboot restart shut_down"
    " deploy navigate archive assign upgrade downgrade escalate hang_up check_me_in approve reject unfollow follow"
    " rename invoice merge push commit submit enroll register sign_me_up renew refund ship forward reply invite"
    " notify contact disconnect sync unsync desync pair unpair unlink dim brighten hail donate sell upgrade_me"
    " file record print save_this abort terminate",
    "detail": "account card pin password settings profile name address phone_number email details number limit plan",
    "polite": "please pls kindly hey hi hello ok okay alexa siri google now just so then can_you could_you"
    " would_you will_you can_u could_u i_want_you_to i_need_you_to i_would_like_you_to go_ahead_and and also"
    " quickly immediately",
    "object": "timer alarm reminder reminders appointment meeting event calendar schedule list lists playlist cart"
    " basket reservation reservations booking order volume thermostat light lights lamp tv door doors garage"
    " heating ac music song radio speaker subscription vacation pto leave day_off ride cab taxi uber lyft table"
    " room flight ticket tickets bill payment transfer accent language voice speed files folder inbox contacts"
    " notification notifications line limit time_off to_do todo",
    "put": "set add remove put place take update change edit make create start stop begin turn switch move clear"
    " reset open close launch arrange request raise lower increase decrease adjust modify swap include insert"
    " throw dispose mark check_off cross_off drop snooze enable extend shorten",
}

REQUEST = Phrases(
    """
    ^ (<polite>)? (<polite>)? (<polite>)? (take|snap|record) (a|an|my) .1 (screenshot|photo|picture|selfie|note|video|
      memo|message) ; (start|stop|begin|pause) (recording|streaming|sharing|listening|talking|the timer)
    ^ (<polite>)? (<polite>)? tell ~(me|us|the|a) +1 (i|that|to|he|she|we)
    mark .3 as (read|unread|done|complete|completed|spam|important|paid)
    make the .1 (text|font|screen|lights|room|volume) .1 (bigger|smaller|larger|brighter|darker|louder|quieter|warmer|
      cooler)
    ^ (<polite>)? (<polite>)? (<polite>)? (reset|restart|reboot|start|stop|extend|rename|run|track|log|enable|disable|
      launch|clear) (the|my|our|all|this|a #|an #) ~(sentence|paragraph|story|essay|code|text|difference)
    (check|sign|log) me (in|out|up) ; start a .3 (meditation|workout|timer|meeting|call|session|game)
    ^ (<ask>)? (<ask>)? (<ask>)? (<ask>)? (<deed>) ~(tracking|number|status|of|management|history|card|book|review|list|
      marketing|address|client|server|template|etiquette|security|protocol|design|system|systems|methods|options|doh|
      ingredients|etiquette at)
    ^ (<ask>)? (<ask>)? (<ask>)? (<ask>)? <put> .6 (<object>)
    ^ (<polite>)? (<polite>)? (<polite>)? <put> .6 (my|our|the) .2 (<detail>)
    ^ (<ask>)? (<ask>)? (<ask>)? turn (on|off|up|down|it|the|my|that)
    ^ (<ask>)? (<ask>)? (<ask>)? switch (on|off|to|the|my)
    ^ (<ask>)? (<ask>)? (<ask>)? (call|ring|text|message) ~(of|me|a function|an api|a method|stack|by|for|center|
      classification|mining|editor|analysis|queue|broker|option|options|is|forwarding|wrapping|to speech)
    (set|start|create|make|stop|begin|cancel|delete|snooze|pause|need|want|give me|have|run|like) .4 (timer|alarm|
      alarms|countdown|stopwatch) ~(in python|interrupt) ; timer .2 (#|five|ten|for|set) ; # .2 timer
    timer .6 (set|setting) ; (count|counting) down .1 (from)? (#|two|five|ten|thirty)
    (alert|tell|let|notify|ping) me .2 (in|when|after) .3 (minutes|minute|hours|seconds) ; wake me (up)? ; remind me
    (set|make|create|add|need|put|leave) .3 reminder
    (add|put|remove|delete|take|place|insert|include|move|erase|throw|cross) .8 (to|on|onto|off|from|in|into) (my|the|
      our) .3 <object> ; (put|add|place|block) .6 on (my|the) calendar
    (book|reserve|order|schedule|rent|hire|hail|call|get|find|need|want|request|arrange) (me|us) (a|an|the|some|two|#|
      another) ~(list|example|idea|summary|explanation|table of|new idea|recipe)
    (need|want|would like|like|get|have) .6 (booked|reserved|scheduled|cancelled|canceled|delivered|sent|ordered|
      transferred|deleted|removed|added|changed|unlocked|paid|blocked|frozen)
    (i want to|i need to|i would like to|i am trying to|i have to|i am looking to|please|trying to|want|need) .2 (book|
      reserve|rent|order|buy|purchase|cancel|transfer|send|pay|schedule|reschedule|delete|return|dispute|freeze|
      activate|redeem|report|make a reservation|make a payment|make a transfer|make an appointment) ~(of)
    (make|need|want|get|have|like|confirm|cancel|place|change) .4 (a reservation|a booking|reservations|an appointment|
      a payment|a transfer|a doctor s appointment|a flight|a hotel|a cab|a taxi|an uber|a ride|a rental car|
      a car rental|a table for) ~(work|works)
    (tell|text|message|email|call|ask|let|notify|inform) (mom|dad|my|him|her|them|everyone|the bank|the restaurant|
      the hotel|the team|john|boss) .3 (that|know|i|to|about|and|saying|if|is)
    (send|text|transfer|move|wire|pay|venmo|give) .3 (money|funds|cash|dollars|euros|pounds|bucks|usd|eur|a text|
      a message|an email|text message|email) .4 (to|from|between|for|into|my|saying|that|out)
    (change|switch|adjust|set|lower|raise|increase|decrease|make|turn|use|lower|reduce) .4 (volume|accent|voice|
      your name|your language|language setting|language settings|speaking speed|brightness|speech|response language|
      tone of voice)
    (speak|talk) .3 (slower|faster|slowly|quieter|louder|softer|up|quickly|fast|slow|quietly) ; whisper mode
    (be|being) (quiet|louder|silent) ; shut up
    call (me|you) ~(back when) ; (call|name|address|refer to) (me|you) (as|by)? ; (my name is|i go by)
    (change|set|update) my .2 (name|address|email|pin|password|number|phone number|settings|plan|details|
      preferences) (to|for me)
    (share|send|give|transmit|show) .4 (my|our) .3 (location|coordinates|position|gps)
    (find|locate|track|ring|where is) (my|the) .1 (phone|keys|wallet|cell|cellphone|device|remote|iphone|headphones)
    where did i (put|leave|lose)
    (factory reset|reset|restore) .4 (device|settings|factory|everything|system|defaults|yourself) ~(in|mean|on)
    (start over|undo|redo|cancel that|never mind|nevermind|stop that|abort|quit|shut down|go to sleep|log me out|
      sign me out|log out)
    (next|previous|skip|last) (song|track|tune) ~(on the album|is|by)
    (skip|pause|stop|shuffle|repeat|play) (this|that|the|my|it|song|music|track) ; (put|throw) on (some|my|the)
    (turn|dim|brighten|open|close|lock|unlock|shut|start|stop|warm) .2 (the|my|all) .2 (lights|light|lamp|door|doors|
      garage|window|windows|blinds|curtains|heater|heating|fan|ac|tv|oven|car|engine|vacuum|roomba|dishwasher)
    ^ (<ask>)? (<ask>)? (<ask>)? (slow|speed) .3 (down|up) ; (make|place) .3 call (to|for) ; give +2 a call
    connect me (to|with)
    (create|compose|send|write and send) .3 (text|text message) ~(file|box|classifier|editor) ; via text
    let ~(me|us|x|me know) +2 know (that|i|he|she|by|we) ; place an order ; order (me|more|some|all|everything|these|it)
    ^ (<ask>)? (<ask>)? (<ask>)? (find|need|get|want|look for|show|book|search|look up|compare|fly) .6 (flight|flights|
      hotel|hotels|fare|fares|airfare|suite|car rental|rental car|plane ticket|plane tickets|round trip|air tickets|
      lodging)
    any (flights|openings|vacancies|bookings) ; a (room|bed|place to stay) (in|for) .4 (from|for|on) .4 #
    (search|google|look up|look it up|browse) (the web|online|the internet|it|for it)
    (run|execute|start|launch|kill) (this|the|my) (script|command|program|server|build|tests|job|pipeline|process|
      container|app)
    report .4 (lost|stolen|fraud|fraudulent|missing|damaged) ~(how|to) ; (lost|stolen|fraudulent) .4 report it
    (send|order|issue|ship|mail|get|give) me (a|another|my|the|more|some) (new|replacement|card|checks|checkbook|
      package|copy|receipt)
    (pay|transfer|move|send|deposit) .4 (my|the|from my|to my|into my) .3 (bill|bills|rent|account|savings|checking|
      card|balance|mortgage)
    (request|submit|put in|file|make) .4 (pto|time off|vacation|leave|complaint|claim|dispute|refund|travel notice|
      travel notification) ~(policy|process) ; (notify|inform|tell|let|alert) .3 bank .3 (i|that|know|about|of|to)
    """,
    _SETS,
)
"""Asking for something to be done, or for something to be drawn at random."""

DELIVERY = Phrases(
    """
    (write|draft|create) and (send|publish|post)
    and (send|email|text|book|order|pay|post|publish|forward|submit|schedule|delete|run|execute|save|deploy|push) (it|
      them|him|her|to|my|that|this)
    """
)
"""A deed that follows the work on a text."""

CHANCE = Phrases(
    """
    (flip|flipping|flipped|toss|throw|tossing) .3 coin ; coin .2 (flip|toss|flipped|tossed|lands) ; flip for it
    (roll|role|rolling|throw|cast|shoot) .5 (dice|die|d20|d6|d8|d12|d4) ; (dice|die) .3 (roll|rolled) ; heads or tails
    rock paper scissors
    (pick|choose|select|draw|guess|think of|generate|give me|tell me|need|want|say|name|show me|create|
      suggest) .4 random
    random (number|name|word|fact|joke|quote|color|colour|card|letter|password|movie|song|topic|person|animal|country|
      restaurant|recipe|choice|pick) ~(generator|variable|generation|field|fields|oracle) ; surprise me
    (pick|choose|guess|think of) (a|one|any|me a|me|between) .2 (number|card|color|colour|one|winner|name|movie|word|
      letter|for me|restaurant|for us) ; (pick|choose|decide) .6 for (me|us)
    (generate|give me|make|create|need|get me) (me)? (a|an|me a|some|another|new) .2 (uuid|guid|password|passphrase|
      lottery numbers|token|username|nickname)
    (joke|jokes|riddle|riddles|pun|puns) ~(mean|work|structure) ; make me (laugh|smile|giggle) ; (need|want) .2 laugh
    funniest thing ; trivia ; (tell|give|read|share|hear|know|name|learn|say) .3 (fact|facts) (about|on|i)
    draw .2 card
    (fun|random|interesting|cool|weird|new|trivia) (fact|facts|trivia) ~(is)
    something (funny|hilarious|intriguing|interesting|fun|cool|amusing|random|i do not know|i may not know|
      i might not know|new|humorous) ; (tell|say|give|know|share) .5 (funny|trivia|amuse|entertain|interesting)
    entertain me ; cheer me up ; (another|a different|a new|one more) (joke|story|riddle|fact|poem|quote)
    (tell|read|give) me (a|another|some) .2 (story|bedtime story|poem|quote|compliment|fact|tip) $
    (inspire|motivate|compliment|roast|quiz|interview|test) me ~(on|about)
    (want|like|love|can i|let me) .2 (hear|listen to) .4 (song|music|playlist|album|jazz|rock|joke|by)
    """,
    _SETS,
)
"""Asking for what should be another every time."""

NOT_CHANCE = Phrases(
    """
    how (do|can|could|should|would|to|does|did|is|are|many|often|i can|come) ; why ; explain ; what does
    (probability|chance|chances|odds|likelihood|expected)
    what (is|are) (a|an|the) ~(good|funny|best|joke about|funniest|fun)
    """
)
"""Asking about chance."""

NOT_A_REQUEST = Phrases(
    """
    how (do|can|could|should|would|to|does|did|might|may|must|shall|i can|i could|i should|i would|i do|we can|you can|
      is|are|come|about)
    (what|why|where|when|which|who|whose|whether) ~(about)
    (can|could|may|might|should|must|would|will|do|did|am|was) i ~(please|hear|listen|get you|ask you)
    (can|should|do|could) (we|people|one|users|anyone|someone) ~(please)
    (is|are|was|were|does|do|did|has|have) (it|there|the|a|an|my|they|these|any|people|you allowed|all|this|that)
    ^ .3 (explain|describe|define|summarize|summarise|translate|compare|list|discuss|outline|clarify|elaborate|teach|
      walk) ; (steps|way|ways|instructions|guide|process|procedure|possible|tutorial|information|help) (to|for|on|with)
    (want|need|like) to (know|understand|learn|find out|ask)
    """
)
"""Asking to be told something: about a deed perhaps, but not for it."""

TEXT_WORK = Phrases(
    """
    ^ .6 (write|draft|compose|rewrite|rephrase|paraphrase|proofread|edit this|implement|code|design|generate code|
      create a function|create a class|create a script|create a query|create a table|develop|refactor|debug|calculate|
      compute|solve|convert|classify|extract|parse|translate|explain|summarize|summarise|define|spell)
    (in|with|using|for) (python|javascript|typescript|java|js|node|sql|mysql|postgres|postgresql|sqlite|mongodb|excel|
      bash|shell|linux|windows|macos|powershell|php|ruby|rust|go|golang|kotlin|swift|c|c++|c#|pandas|numpy|git|docker|
      kubernetes|react|vba|perl|r|matlab|css|html|vim|emacs|terraform|ansible|aws|regex|vscode|android|ios|django|flask|
      word|photoshop|latex)
    ^ (order|sort|arrange) .1 (these|the following|by|from|the numbers|the words|the planets|numbers)
    ^ (book|play|order|call|report|file|record|text|print|email|commit|push|block|roll|pair|contact|register|message|
      phone|mail|pay|ship|forward|transfer|schedule|post|save|download|flip|lock|skip) (of|is|are|was|vs|versus|and|or|
      by|in|for|history|definition|meaning|summary|theory|reviews|review|about)
    play (devil s advocate|a role|the role|a part|on words|a character)
    (act|pretend|imagine|roleplay) (as|like|to|that|you)
    (random forest|random forests|random variable|random walk|random access|random sampling|random seed)
    """
)
"""Work whose whole product is the text of the answer."""

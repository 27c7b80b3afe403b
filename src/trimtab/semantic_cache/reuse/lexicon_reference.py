"""Phrases that point outside the text, and the small words by which a text is told to say nothing by itself."""

from trimtab.semantic_cache.reuse.phrases import Phrases, word_set

_SETS = {
    "part": "one ones option options example examples point points step steps item items version versions question"
    " questions paragraph method approach solution suggestion choice part answer answers idea ideas way bullet"
    " sentence reason draft line row column result link",
    "nth": "first second third fourth fifth sixth last next other previous earlier prior above former latter middle"
    " final top bottom only new old original",
    "text": "text code function bug error errors sentence paragraph article document file essay email message"
    " letter image picture photo table list answer response output result results problem story poem script query"
    " program passage conversation chat tests test example summary translation draft exercise class page pdf"
    " attachment diagram chart screenshot",
    "work": "summarize summarise translate fix correct rewrite rephrase explain shorten simplify improve proofread"
    " refactor debug run analyze analyse review convert optimize optimise describe format check edit continue"
    " finish read open use paraphrase solve compare change update reword",
    "grade": "shorter longer simpler clearer better bigger smaller funnier faster slower cheaper easier harder"
    " formal concise detailed detail specific precise casual polite professional technical friendly brief briefly"
    " short simple creative",
    "wise": "true possible ok okay safe legal illegal normal better best worth hard easy difficult necessary bad"
    " good fine allowed healthy unhealthy important free required common rude polite wrong right dangerous useful"
    " useless expensive cheap harmful haram halal impossible likely unlikely weird strange smart wise mandatory"
    " obligatory cruel ethical enough advisable recommended acceptable considered customary natural fair"
    " a_good_idea a_bad_idea a_crime a_sin time",
    "sky": "raining snowing cold hot dark sunny cloudy windy warm humid freezing rain snow rains snows late early"
    " midnight noon",
}

BACK = Phrases(
    """
    (have|got|give|show|any|tell) .2 others $
    the rest $ ; ^ .4 (example|examples) .1 $
    ^ (what|when|where|who|how much|how many) (is|are|was|were) (the|there) .2 $
    ^ (in|on|at|for|from|to|with|by) (what|which|whom|who) .2 $
    a different (one|approach|way|version|method|example|answer|topic)
    (try|do|use|want) (something|it) (else|different) ; (next|then) what $ ; what (next|then) ; and (her|his|their|its)
    (you|u) (just|already|previously|also)? (said|mentioned|suggested|told me|wrote|recommended|listed|described|
      explained|generated|proposed) ; you just ; (like|as) (i|you|we) (said|mentioned|discussed|asked)
    (your|my|the) (last|previous|earlier|prior|above|first|second|other) (answer|response|question|message|reply|point|
      example|suggestion|version|code|list|email|draft|paragraph|prompt|request)
    your (answer|response|reply|suggestion|explanation|last)
    (the|mentioned|listed|described|shown|given|see|as|code|text|example|list|from) above
    above (code|text|example|list|answer|function|table|query|mentioned|one) ; aforementioned ; the (former|latter)
    (we|i) (discussed|talked about|were talking|was asking|asked before|asked earlier|just said|just asked|meant|
      mean) ~(to|by) ; (from|said|mentioned|asked|than|as) (before|earlier) $ ; earlier $ ; last time
    (do|for|want|about|like|get|give|make|try|need) the same ~(time|as|day|number|age|person|name|type|size|amount|year|
      length) ; the same (question|again|please|for|here) ; ^ the? same ; same (for|but|question|again) ; as before
    ditto
    (do|try|say|run|explain|repeat|show|tell|ask|write|read|once|over|send|make|play|give|check|go) .3 again ; again $
    ^ .1 again ; one more time ; once more ; another time $ ; start over
    ^ .1 (continue|go on|proceed|keep going|go ahead|carry on|repeat|undo|redo|retry|regenerate|elaborate|expand|
      rephrase|summarize|summarise|shorten|simplify|translate|explain) .2 $
    ^ (what|how) about ; ^ and ; ^ or ; ^ but ; ^ also ; ^ then ; ^ plus ; ^ because ; ^ except
    ^ (no|yes|yeah|yep|nope|sure|ok|okay|right|exactly|correct|wrong|thanks|thank you|great|perfect|nice|cool) ~(how|
      what|why|where|when|who|which|can|could|is|are|do|does|i|my|please|hello|one)
    ^ (no|yes|yeah|yep|nope|actually|hmm|hm|wait|well) .4 $ ; ^ (no|yes|nope|yeah|yep)
    ^ (why|how) (not|so|come|is that|is this|then) .1 $ ; ^ what (do|did) you mean ; are you sure ; ^ really
    (what|who|where|anything|something|someone|somebody|nothing|everything|anyone|why|how) else
    any other (ways|options|ideas|examples|suggestions|reasons|questions)
    the other (one|ones|two|three|way|option|side|day)
    (one|some|few|two|three|five|ten|any|a bit|a little|little|much) more (please|examples|example|ideas|options|of|
      detail|details|info|information)? $
    (tell|show|give|say) .2 (some|a few|a little|a bit|any|#|two|three|five)? more ; ^ .1 more
    more (please|examples|details|detail|like)
    (go|get|be|provide|add|need|want|in|into) .2 more (detail|details|specific|depth|formal|concise|context)
    instead ~(of) ; too $ ; as well $ ; either $ ; another one
    (give|show|tell|try|suggest|want|need|write|make|do|get) .1 another ; ^ .1 another ; a different one
    (alternatives|an alternative) $
    (the|that|this|your|my) .1 <nth> <part> ~(of|in|on|to|for|that|which|from) ; the <nth> $ ; ^ the? <nth> <part>
    (the|that|this|which) .1 (one|ones) ~(who|that|which|with|where|i|you|of|is the|has|thing|week|day|more|habit|
      is better|is faster|is more)
    (a|an) .1 (shorter|longer|better|cheaper|simpler|new|different) (one|version|answer)
    (option|number|step|point|item|choice|answer|version|question|part|example|line) (#|a|b|c|d|one|two|three|four) $
    ^ (option|number|step|point|item|choice|version) (#|a|b|c|d|one|two|three)
    ^ (both|neither|either|none|all) .3 $ ; (all|both|each|none|one|some|neither|either) of (them|these|those)
    (do|does|did|think|hope|guess) so $ ; (do|did) (so|likewise) ; not what i ; never mind ; nevermind
    (in|with|to) (other words|simpler terms|simple terms|plain english|layman s terms) $
    ^ .2 (make|keep|put|turn|write|try|do|change|rewrite|rephrase|format|translate|summarize|summarise|explain|convert|
      use|give|send|show) (it|them|this|that|those|these) ; ^ .4 (more|less)? <grade> .1 $
    i (do not|did not) (understand|get it|agree|think so|know) $ ; (your|this|the) (conversation|chat|thread) ; so far $
    (continue|resume|finish|keep|go on) (where|from|the|with|writing|going)
    """,
    _SETS,
)
"""Pointing at what was said before, however long the text is."""

EXPLETIVE = Phrases(
    """
    (is|was|be|would|will|isn t) it .1 be? .2 (<wise>) .3 (that|to|for|if|when|while|using|without|being|or|who|whether|
      of|because|how|why|what)
    it (is|was|would be|will be|might be|may be) .2 (<wise>) .3 (that|to|for|if|when|or)
    (is|was|when|if|because|while|that|will|does|why does|is it|did|could|might|would) it .2 <sky>
    it (is|was|will|s) .2 <sky> ; what (time|day|year|date|month) .1 (is|was|will) it
    what (time|day|year|date|month) it
    (long|much|many|often|far|what) .5 (does|did|will|would|should) it (take|cost|require) ~($)
    it .1 (takes|costs|took|take|cost|requires) .8 (to|for)
    how (far|long|hot|cold|late|warm|old) is it (to|from|until|till|outside|in|at)
    (what|how) (does|did|would|is) it .1 (mean|take|feel|cost|like|called|work) (to|if|when|that|for|like|being|in)
    (what|how|why) is it (that|called when|like)
    (make|makes|making|made|find|found|finds) it (possible|easy|easier|hard|harder|difficult|clear|impossible|necessary|
      useful|worth)
    does it (matter|hurt|help|make sense|count|cost|take) (if|to|that|when|whether|for)
    it (seems|looks like|appears|turns out|depends) ; (as|so) it (is|were|happens) ; how is it going ; it comes to
    when it comes ; worth it to ; believe it or not
    there (is|are|was|were|will|be|has|have|exist|exists|must|should|could|s)
    (is|are|was|were|will|would|has|have|should|can|could) there ~($)
    those (who|that|of|with|which)
    this (week|month|year|morning|afternoon|evening|weekend|century|summer|winter|spring|fall|autumn|season|christmas|
      world|time|quarter)
    (all|everything|something|anything|nothing|fact|so|now|things|such) that ; that (is|are) (to|why i) ; in that case $
    that long ; that much ; (like|about) this $ ; the one (who|that) ; no one
    one (of|another|or|day|time|thing|person|word|who|can|should|does) ; (each|one|every) other
    """,
    _SETS,
)
"""Small words that point at nothing: "is it true that", "there is", "those who"."""

HERE = Phrases(
    """
    (give|show|send) me? (the|your) .1 <text> $
    ^ (please)? (add|remove|insert|append|include|drop) (a|an|the|another|some) .4 $
    (it|its|itself|they|them|their|theirs|themselves|he|him|his|himself|she|her|hers|herself)
    ^ (that|this|these|those) ; (these|those) ; this ~(§)
    (is|was|does|did|do|done|has|had|about|like|of|for|with|than|by|without|from|into|on|in|at|to|why|how|what|after|
      before|all|say|mean|explain|change|make|try|use|repeat|undo|know) that $
    (does|did|is|was|has|can|will|would|could|should|why|how|about|with|by|without|from|into) that
    that (one|thing|part|way|file|word|name|place|person|guy|man|woman|function|code|number|price|movie|book|song|color|
      colour|idea|answer|option|point|list|last|first|second|again|too|please|company|city|country|car|card|game|team|
      question|sentence|product|model|error|problem|topic)
    (get|go|live|in|over|up|down|like|to|out|been|stay|work|eat|do|see|speak|from|visit|travel|near|around|move|drive|
      fly|weather) there ; there $ ; such (a|an)? (thing|case|things|cases) $
    <work> (the|your) .1 <text> ~(of|in|by|from|for|that|which|called|named|between|with|on|about)
    <work> my .1 <text> ~(about|that|which|called) $
    ^ .2 <work> (my|the|your) .1 <text> $
    """,
    _SETS,
)
"""Pointing at something that has to stand before: resolved where the text has it."""

FUNCTION = word_set(
    """
    a an the i me my mine myself we us our ours you your yours he him his she her hers it its they them their theirs
    this that these those one ones who whom whose what which when where why how is am are was were be been being do
    does did done doing have has had having will would can could shall should may might must not no nor yes and or
    but if then so than too very just only also even still yet again once more most much many few some any all both
    each every other another such same own of to in on at by for with from up down out off over under into onto
    about against between through during before after above below as until while because since although though
    whether please hi hello hey ok okay thanks thank sorry well right here there now really actually maybe perhaps
    quite bit little lot lots kind sort thing things something anything everything nothing someone anyone everyone
    way ways else instead possible ever never always sure good great nice better best bad new old big small long
    short time first second third last next two three four five six seven eight nine ten s t d ll ve re m let lets
    got cannot per via help able need like back yeah yep nope hmm cool perfect awesome true false different similar
    further quickly easily exactly properly correctly
    """
)
"""Words that say nothing about what a text is about."""

VERBS = word_set(
    """
    tell show give explain describe make get know see find use say go come take put want think look work works fix
    change try ask keep turn start stop run call mean means help need write read send add remove delete set check
    repeat continue translate summarize summarise rewrite rephrase elaborate expand shorten simplify improve correct
    understand believe do does happen happens happened cost costs feel looks seem seems talk speak speaking wrote
    said gave told made got went done using doing making getting going saying trying explaining fixing changing
    adding asking working meant thinking solve handle define compare list convert open close save move buy sell pay
    eat drink play watch listen learn teach cancel reset install create build verify confirm access reach return
    receive received apply wait stay leave live bring follow allow matter prevent avoid replace include provide
    suggest recommend prefer choose pick select decide remember forget agree care depends depend wonder guess hope
    let sound sounds
    """
)
"""Common verbs: what is done, not what it is done to."""

CLAUSE = word_set(
    """
    , ; : and but so if when because while before after that which who until where how what why although though
    since or than whether as unless does do is are was were can will would should could did
    """
)
"""Words with which another clause may begin."""

PREPOSITION = word_set(
    """
    in on at for with without to from by about of as into like under over between during near per than except
    """
)

SELF_CONTAINED = Phrases(
    """
    ^ (hi|hello|hey|howdy|greetings|good morning|good afternoon|good evening|good day|goodbye|bye|good night|hallo|
      bonjour|hola|ciao|guten tag|salut) .2 $
    ^ (hi|hello|hey)? (how are you|who are you|what are you|what can you do|how old are you|where are you from|
      what is your name|who made you|what time is it|who am i|where am i) .3 $
    """
)
"""Short and complete all the same."""

BACK_ABROAD = Phrases(
    """
    ^ (und|oder|aber|sondern|dann|auch|warum|wieso|weshalb|weiter|nochmal|noch|mehr|kurzer|langer|ja|nein|genau|danke|
      stimmt|ok) .3 $ ; ^ (und|oder|aber) ; noch (einmal|mal|ein|eine|einen|eins) ; nochmal ; das (gleiche|selbe)
    dasselbe ; was ist mit ; wie ist es mit ; wie sieht es mit
    (das|dies|es|davon|dazu|damit|daruber|darauf|dafur|dort) $
    (mach|mache|erklar|erklare|ubersetz|ubersetze|wiederhol|wiederhole|zeig|zeige|fass|fasse|kurz|kurze|schreib|
      schreibe) (das|es|dies|diesen|diese|dieses|mir das|sie|ihn)
    (ist|war|hat|kostet|funktioniert|macht|bedeutet|heisst) (das|dies|er|es) ~(moglich|wahr|sinnvoll|normal|erlaubt|
      schon|gefahrlich|legal|sicher|gesund|besser) ; stattdessen
    (der|die|das) (erste|zweite|dritte|letzte|andere|vorherige|obige) $ ; wie oben ; (deine|letzte) antwort
    ^ (et|ou|mais|donc|alors|pourquoi|continue|continuez|encore|oui|non|merci|d accord) .3 $ ; ^ (et|ou|mais)
    (celui|celle|ceux|celles) ; (ca|cela|ceci) $
    (explique|traduis|refais|repete|resume|corrige) (le|la|les|ca|cela|moi ca) ; c est quoi $ ; la meme chose
    (un|une) autre $ ; a la place $ ; (le|la) (premier|premiere|deuxieme|second|seconde|dernier|derniere) $ ; ci dessus
    ^ (y|o|pero|entonces|por que|continua|sigue|otra vez|de nuevo|mas|si|no|gracias|vale) .3 $ ; ^ (y|o|pero)
    (eso|esto|aquello) ; lo mismo ; (hazlo|explicalo|traducelo|repitelo|resumelo|corrigelo|cambialo) ; otra vez
    de nuevo $ ; (el|la) (primero|primera|segundo|segunda|ultimo|ultima|otro|otra|anterior) $ ; en su lugar $
    y (en|para|con) ; mas corto
    ^ (e|ed|ma|allora|perche|continua|ancora|di nuovo|porque) .3 $ ; ^ (en|maar|waarom|ga door|nog|opnieuw|ja|nee) .2 $
    """
)
"""The same in other languages."""

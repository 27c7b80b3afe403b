"""Phrases that make an answer depend on the time, and the uses of the same words that do not."""

from trimtab.semantic_cache.reuse.phrases import Phrases

_SETS = {
    "day": "monday tuesday wednesday thursday friday saturday sunday",
    "unit": "second seconds minute minutes hour hours day days night nights week weeks month months year years",
    "span": "week weekend month quarter year decade century morning afternoon evening season semester summer winter"
    " spring fall autumn night monday tuesday wednesday thursday friday saturday sunday christmas",
    "currency": "dollar dollars euro euros pound pounds yen peso pesos rupee rupees yuan renminbi ruble rubles"
    " rouble roubles franc francs won dinar dinars dirham dirhams krona kronor krone kroner lira liras zloty"
    " shekel shekels baht ringgit rand real reais bitcoin bitcoins btc eth ethereum usd eur gbp jpy chf cad aud"
    " inr cny mxn krw quid",
    "coin": "bitcoin bitcoins btc eth ethereum crypto dogecoin solana",
    "index": "dow dow_jones nasdaq nikkei ftse dax s_p s_p_500 stock_market market markets euro_stoxx",
    "role": "president vice_president prime_minister premier chancellor ceo cfo cto coo chief_executive king queen"
    " monarch emperor pope governor mayor senator senators congressman congresswoman speaker head leader chair"
    " chairman chairwoman chairperson director owner champion champions title_holder coach manager captain"
    " goalkeeper quarterback minister foreign_minister finance_minister secretary secretary_general ambassador"
    " commissioner attorney_general chief_justice chief host ruler first_lady front_runner",
    "peak": "richest wealthiest tallest oldest youngest fastest strongest heaviest biggest largest highest longest"
    " greatest hottest coldest safest cheapest highest_paid best_selling highest_grossing",
    "churning": "phone phones smartphone smartphones laptop laptops tv tvs camera cameras tablet tablets gpu gpus"
    " cpu cpus ai model models llm llms chatbot chatbots restaurant restaurants hotel hotels deal deals offer"
    " offers stock stocks credit_card credit_cards savings_account savings_accounts headphones airline airlines"
    " bank banks vpn apps app crypto selling rated team teams player players songs song movies_of interest_rate"
    " interest_rates mortgage_rates",
    "ranked": "person people man woman men women human humans billionaire billionaires building buildings tower"
    " towers skyscraper skyscrapers statue bridge tunnel company companies player players athlete athletes actor"
    " actors actress singer singers artist artists team teams club clubs song songs movie movies film films show"
    " shows series book books game games video videos youtuber youtubers phone phones smartphone smartphones"
    " laptop laptops car cars tv tvs camera cameras tablet tablets gpu gpus cpu cpus computer computers restaurant"
    " restaurants hotel hotels bar bars cafe cafes school schools university universities airline airlines airport"
    " airports stadium city cities economy economies army bank banks stock stocks deal deals offer offers ai model"
    " models llm llms chatbot chatbots framework frameworks app apps credit_card credit_cards savings_account"
    " savings_accounts ten five 10 5 20 50 100 selling paid grossing rated ranked headphones brand brands website"
    " websites ship ship_in_the_world plane train roller_coaster",
    "much": "followed subscribed viewed watched streamed downloaded visited valuable populous populated liked"
    " expensive powerful profitable sold played starred goals wins titles followers subscribers medals points"
    " polluted famous successful advanced capped decorated",
    "vehicle": "flight flights train trains bus buses plane planes ferry tram",
    "sport": "game match football soccer cricket baseball basketball hockey rugby tennis nba nfl nhl mlb final"
    " playoff fight race bowl cup derby series",
    "weathered": "raining snowing hailing sunny cloudy windy humid hot cold warm chilly freezing stormy foggy dry"
    " wet icy",
    "feast": "easter thanksgiving ramadan diwali hanukkah eid passover lent election elections general_election"
    " equinox solstice mothers_day mother_s_day fathers_day father_s_day labor_day memorial_day olympics"
    " super_bowl world_cup chinese_new_year lunar_new_year pentecost",
}

CLOCK = Phrases(
    """
    ^ (is|are) ~(it|this|that|there|my|i|you|it s) +2 ~(unlimited|limited|accepted|allowed|required|supported|included|
      needed|used|called|related|covered|insured|refunded|charged|encrypted|anything|something|nothing|everything|
      guaranteed|refundable) (-ed|-ing) $
    is it .2 (dark|light|daytime|night|nighttime|a holiday|a public holiday|a bank holiday|the weekend|rush hour|spring|
      summer|autumn|winter)
    ^ (has|have) ~(i|we|you|my|our|it|this|that|not) +2 ; (is|are) it going to be
    (is|are) +4 (running|operating|flying|on strike|on sale|in season|cancelled|canceled|in town|on tour) $
    (what|who|why|where) (is|are) +3 (saying|playing|winning|losing|leading|trading|performing|hiring|protesting|
      fighting|dating)
    new (president|prime minister|ceo|budget|law|laws|season|album|movie|version|variant|coach|manager|release|releases|
      update|government|pope|king|feature|features) ~(of the house)
    (when|what day|what date) (does|do|is|will|did|are) the +4 (start|starting|begin|beginning|end|ending|finish|resume|
      reopen|arrive|take place|happen|over|due|on) $
    have time to (catch|make|get|go) ; (elected|re elected|reelected) (as|yet|president)
    going to (win|rain|snow|happen|crash)
    today ; tonight ; yesterday ; tomorrow ; now ; nowadays ; currently ; presently ; upcoming ; ongoing ; current
    latest ; newest ; most? recent ; most? recently ; lately ; up to date ; so far ; trending
    (at|for|right at) (the|this) (moment|present|present time|time|minute) ; this (moment|instant|minute|second)
    these days ; at this point ; this time of year ; this point in time ; present day ; as we speak
    (this|this coming|this past|the coming|the past|in the past|over the past) #? <span>
    (this|the past|the last|last|the next|next|past|coming|over the next) (few|couple of|two|three|four|five|six|seven|
      ten|#)? (<unit>)
    (next|last) <span>
    next .1 (train|bus|tram|metro|subway|ferry|flight|plane|game|match|race|fight|episode|season|series|album|movie|
      film)
    next .1 (holiday|election|elections|eclipse|full moon|new moon|moon|release|version|launch|event|concert|meeting|
      tour|show)
    next .1 (free day|day off|solstice|leap year|world cup|olympics|olympic games|super bowl|president|payday|sale|
      iphone)
    last .1 (game|match|election|episode|race|fight|release|album|earthquake|eclipse)
    as of (now|today|yet|this|late) ; how long ago ; (just|only) (happened|announced|released|came out|died|broke)
    (second|seconds|minute|minutes|hour|hours|day|days|week|weeks|month|months) ago
    ^ (is|are|does|do|has|have|will) ~(i|we|my|it|that) +6 still ; who still ; what still
    still (alive|open|available|valid|supported|around|working|married|in business|in office|president|legal|true|
      going on)
    ^ (is|are|does|do|will) ~(i|we|my|it|that|this) +6 (any more|anymore) $
    ^ (is|are|has|have|did|does|was) ~(i|we|my|it|the transfer|the card|not|you|there) +8 yet $
    what .1 time is it
    (what|tell me|say|have|know|check|give me|need) is? the .2 time ~(complexity|it takes|limit|frame|zone|to)
    what .1 time .2 (in|at|for) .4 $ ; time is it ; (what|whats) time $
    (the|local|current|know the|what) time in ~(which|the code|seconds|minutes) ; ^ time in
    what .2 time it is ; (the|have the|got the) time $
    (what|which) (day|date|year|month|season) .4 (is|was|will|are) (it|we|be|today)
    (what|which) .1 (day|date|year|month) it is ; the day of the week
    what is the (day|date|month|year|month and day|day and month)
    (tell me|say|know|give me|what is|show me|have|need|know what) the .1 (date|day) ~(of|for|when|that|on)
    (what|when) .3 (date|day|it) .3 in # (day|days|week|weeks|months|hours) ; what (the|will the) date
    in .1 (day|days|week|weeks|hour|hours|month|months|minute|minutes) what .2 (will|is|day|date)
    how old (is|are|am|would|does) ~(the universe|the earth|the sun|the moon|the solar system|the pyramids|earth|
      you have to)
    (what is|tell me|give me) .2 age of ~(consent|majority|empires|enlightenment|discovery|reason|the universe|
      the earth|the sun)
    what age is ; what is .3 s age $ ; how many years (old|has|have|ago)
    how (many|much) (more|longer)? .1 (<unit>|time|sleeps) .4 (until|till|til|before|since|left|to go|remain|remaining)
    how (long|soon|far away) (is it|will it be|do we have)? (until|till|til|before) ~(you|we|i|my|the card|the money|
      the transfer|it|a)
    how long (has|have) ~(i|my) +4 (been|had)
    (is|are) +4 (alive|dead|married|single|dating|divorced|pregnant|retired|in jail|in prison) (or|yet|to|with|now|at|$)
    (is|are) ~(it) +3 down (right|for|now|today|at|again|currently|or|$)
    live .1 (score|scores|result|results|update|updates|stream|streaming|coverage|broadcast|feed|tv|price|prices|data|
      match)
    (market|fashion|hot|new|big|biggest|social media) (trend|trends) ; trends (in|for|right)
    who (will|is going to) (win|be|play|become|replace|succeed)
    will (it|there|there be|the price|prices|the market|the stock) .3 (rain|snow|freeze|rise|fall|drop|crash|recover|
      go up)
    when (will|is|does|do|are) +6 (come out|coming out|released|be released|launch|launching|air|premiere|coming back)
    (is|are) +5 out $ ; (has|have) +5 been released ; (is|are) +5 (released|coming out)
    what is new (in|with|on|at) ; (is there|are there)? anything new
    (on|by|for|until|this|next|last|come) <day> ~(called|named|and|through|to) ; <day> (night|morning|evening|afternoon)
    <day> $ ; ^ .1 <day>
    """,
    _SETS,
)
"""Words that name the present, whatever the question is about."""

TOPICS = Phrases(
    """
    (is|are|was|were) there (a|an|any)? .2 (strike|sale|storm|fire|game|match|concert|parade|curfew|outage|delay|delays|
      roadworks|exhibition|protest|eclipse|hurricane|recall|shortage)
    cheapest .2 (flight|flights|hotel|hotels|fare|fares|ticket|tickets|gas|petrol|fuel|insurance|energy)
    airlines (fly|flying|serve|operate) ; where is the (iss|space station|president|pope|queen|king)
    (snow|surf|sea|water|river) (depth|level|levels|conditions|report|like|temperature|temperatures)
    how much (snow|rain) ; clocks (go|change|spring|fall) ; who is .1 (hosting|playing|performing|headlining|running)
    (person|player|team|car|word|game|song|book) of the (year|day|month|week)
    (stocks|shares|markets|prices|bitcoin) (is|are) (up|down|rising|falling) ; number (one|1) (on|in) the
    going (rate|price) ; top of the (league|table|standings|charts) ; (what|which) channel
    lottery (numbers|results|draw|jackpot) ; how are the .1 (roads|slopes|conditions|waves|trains|tides)
    (any|are there|recent|was there|is there) .2 (earthquake|earthquakes|wildfires|fires|floods|protests|strikes|
      outbreaks|sightings|vacancies|openings|jobs) ; ^ .1 (temperature|temperatures|humidity) (in|at|of) +2 $
    (leads|won|tops) the (league|table|race|poll)
    weather ; (the|day|hour|hourly|ski|snow|storm|weekend|rain) (forecast|forecasts) ; forecast (for|in|is|look|looking)
    how <weathered> (is|will|was) (it|is it|today) ; (is|will) (it|it be|it get|there be) .1 <weathered>
    (is|are) (it|there) (storm|storms|snow|rain|fog|ice)
    (will|does|chance of|chances of|going to|any|is) .4 (rain|snow) $
    (will|does|chance of|chances of|is it going to|gonna) .3 (rain|snow)
    (need|bring|take|wear|pack) .3 (umbrella|raincoat|jacket|coat|sunscreen)
    (what|how|high|low|tell me|the) .4 (temperature|temperatures) .1 (in|at|outside|out|for|near) ~(kelvin|celsius|
      which|the oven)
    (what is|tell me) the (temperature|temp|humidity|wind speed) $ ; temperature (today|outside)
    air quality (in|index|at|near) ; pollen count ; uv index ; (high|low) tide ; sunrise ; sunset
    (weather|atmospheric|meteorological|ski|snow|road|surf|current) (conditions|data)
    (what|how) (is|are) the (conditions|climate) (like)? ; how is it (outside|out)
    (any|a) .2 (tornado|tornadoes|hurricane|hurricanes|storm|storms|rain) .3 (coming|today|soon|in|near)
    chance of (rain|snow) ; (when|what time) .4 (sun|moon) .2 (rise|set|rises|sets)
    northern lights .3 (visible|forecast|see) ; how (hot|cold|warm|windy|humid) .4 (outside|out there|out)
    news ; headlines ; what is (happening|going on|the situation) (in|at|with|around|between|on) ~(my|the transfer|this)
    what (happened|has happened) (to|with|in|at|on) ~(my|me|the top|the money)
    (any|the|latest) updates (on|about|from) ; update on
    (final|live|the)? (score|scores) .3 (of|in|for|between|against) .5 (<sport>|vs|versus|and|against)
    (what is|what was|what are|tell me|give me) the .1 (score|scores|result|results) ~(function)
    <sport> (score|scores|result|results|schedule|standings|fixtures) ; league table ; standings ; fixtures
    who (is|has|have)? (won|wins|win|winning|beat|lost|leading|ahead|qualified|scored)
    did (the)? +4 (win|lose|beat|qualify|score)
    (winner|winners) of ; rankings ; leaderboard ; line up ; lineup ; polls ; odds (of|for|on|that)
    (price|prices) (of|for|is|at|going|per)
    (what|how|the|is|are|check|current|stock|share|oil|gold|gas|house|food) .3 (price|prices)
    <coin> (price|at|value|rate|doing|up|down|trading|quote|worth) ; value of .2 <coin>
    how much (does|do|is|are|would|will|did) ~(it|i|we|you|a transfer|the transfer|each transfer|top|an extra|a card|
      a transaction) +6 (cost|costs|worth|going for|selling for)
    what (does|do|would|will|did) ~(it|i|we|you|a transfer|the transfer|the) +6 cost
    what is +4 (worth|going for|selling for)
    cost of (living|gas|petrol|housing|electricity|oil|gold|a house|rent) ; net worth ; how much (is|are) +4 worth
    how much (is|are) (a|an|one|the|#)? .3 (<coin>|gold|silver|oil|gas|petrol|diesel|share|shares|stock|stocks|iphone|
      playstation|ps5|xbox|tesla|ticket|tickets|rent|ounce|milk|netflix|subscription to)
    (in|out of) stock
    (stock|share) (price|quote|at|worth|trading|doing|value|up|down|market today|a buy|a sell|a good buy) ; trading at
    (inflation|unemployment|mortgage|interest) (rate|rates) (in|of|today|right|at) ; shares (of|in|at|trading)
    how (is|are|did|has) .4 (stock|stocks|shares|<index>) .2 (do|doing|perform|performing|performed|trading|looking|
      today)
    (buy|sell|invest in) .4 (stock|stocks|shares|<coin>)
    (how|what|where) (is|are|did|has) .2 (<index>) .2 (at|doing|trading|do|closing|close)
    (exchange|currency|forex|euro|dollar|yen|peso|pound) (rate|rates) ; (rate|rates) (of exchange|between .2 <currency>)
    (what is|what are|how high is|how high are|how low are|how good are|tell me|give me|check) ~(a|an) .4 (interest|
      mortgage|inflation|unemployment|savings|loan|crime|poverty|literacy|birth|death|refinance|fed|cd|repo|base|prime|
      interest|libor) (rate|rates)
    (what is|how high is|how bad is) (the)? .2 (inflation|unemployment|gdp) (in|of|for|at) ; gdp of ; minimum wage
    national debt
    (how much|how many|what is|what are|convert|worth|value|equals|equal|equivalent|equals|is|rate|rates|#|tell me|does|
      give me|one|two|five|ten|twenty|hundred|amount) .6 <currency> .9 <currency> ; <currency> (to|in|into) <currency>
    (dollar|dollars|euro|euros|usd|eur|gbp) to .2 (conversion|rate)
    how (much|many) .3 <currency> .8 (get|receive|buy|exchange|for)
    (usd|eur|gbp|jpy|chf|btc|dollar) (to|in|vs|versus)? (usd|eur|gbp|jpy|chf|cad|inr|mxn|euro)
    (dollars|euros|pounds) (to|into) <currency>
    traffic ; congestion (on|in|at) ; (road|roads|highway|bridge|pass) .2 (closed|blocked|icy)
    (any|an) (accident|accidents|roadworks) ; (commute|drive) .1 (like|looking)
    how (long|busy|crowded|full|packed) (is|are|will|does) .8 (wait|wait time|busy|crowded|line|queue)
    how (busy|crowded|packed|full) (is|are|will|does)
    (wait|waiting) (time|times) (at|for|in|to be)
    how long .8 (be seated|being seated|get seated|seating|get a table|wait at|wait for .3 table)
    (is|are|will) ~(the set|the interval|a|an|it possible|there) +5 (open|closed|opened) ~(source|access|minded|set|
      under|mapping|question|ended|to|book|circuit)
    (when|what time|how late|how early|until when|till when) .1 (does|do|is|are|will|can) +7 (open|close|opens|closes|
      closed|opening|closing)
    (opening|closing) (time|times|hour|hours|status) ; open (now|late|until|till|on|at|24|past|after|right|this)
    (opening|business|store|shop|operating|office|branch|library|museum|gym|pool|holiday|visiting) hours
    hours (of operation|of business|for|of the)
    (what are|what is|tell me) +4 hours ; how (late|early) (is|are|does|do|can|will)
    (what|which) time (does|do|is|are|will|did|can) ~(it) +8 (start|starts|begin|end|finish|leave|leaves|depart|arrive|
      land|play|air|come|on|get|run|kick off|due|over)
    flight number? # ; flight # ; <vehicle> (status|schedule|schedules|time|times|delay|delays|tracker|timetable)
    (is|are|has|have|did|will|when|when does|when will|when is|what time|how late|status of|update on|
      where is) .6 <vehicle> .8 (on time|late|delayed|cancelled|canceled|landed|land|lands|arrived|arrive|arrives|
      arriving|arrival|depart|departs|departed|departing|leave|leaves|leaving|left|board|boarding|boards|running|due|in|
      get in|here|taken off|take off|takes off|come|status)
    (is|are|was|were) +5 (delayed|on time|cancelled|canceled|on schedule) ; outage ; outages ; timetable ; departures
    arrivals ; (arrival|departure|boarding) (time|times|gate)
    availability ; sold out ; available (now|at #|near|this|for the|for #|right|from #|on the #)
    (any|are there) .5 (left|available) ; (is|are) +3 (ticket|tickets|room|rooms|table|tables|seats) .2 available
    travel (alert|alerts|advisory|advisories|warning|warnings|ban|bans|restriction|restrictions)
    (alert|alerts|advisory|advisories|warning|warnings) (for|in|about|on)
    (weather|storm|tornado|flood|hurricane|tsunami|amber) (alert|alerts|warning|warnings|watch)
    (any|there|issued) .3 (alerts|advisories|warnings)
    safe to (travel|go|fly|visit|be) ; how (safe|dangerous) is it
    (server|service|system|network|platform|api|shipping) status ; status of
    (who|whos) (is|are) ~(your) .6 <role> ~(dilemma) ; (tell me|name|identify) (the)? .2 <role> (of|in|at|for)
    name of the .3 <role>
    <role> (of|at) +6 (is who|who is it|who is that|right) ; ^ (the)? .1 <role> of +4 $
    ^ is ~(the|a|an) +4 the? .2 <role> (of|at)
    who (runs|leads|owns|heads|governs|rules|coaches|manages|hosts|plays for|is in charge of|is running|is leading|
      holds|controls)
    <peak> .2 <ranked> ; (best|top|leading|worst) .2 <churning> ; top (ten|five|10|5|20|50|100)
    (most) .1 <much> ~(way|method|reason|cause)
    most .1 (popular|used|common) (app|apps|song|songs|language|languages|name|names|show|shows|game|games|movie|movies|
      website|browser|framework|social)
    (tallest|richest|longest living|oldest living|wealthiest|world s) .2 (alive|living|building|person|man|woman|human|
      record) ; <peak> (living|alive)
    (world|national|olympic|guinness|all time) (record|records)
    (record|records) for .2 (most|highest|longest|fastest|largest) ; (hold|holds|held) the .3 (record|records)
    record holder
    reigning ; (world|defending|european|league|national) (champion|champions) ; number one (song|movie|team|player|in)
    top (chart|charts|songs|movies|hits|song|stories|story)
    population (of|in|is) ~(a sample|the sample|statistics) ; what (is|are) +5 population ; how (populated|populous) is
    how many .1 people (live|are|have|use|speak|own|work|died|currently)
    how many .3 (users|subscribers|followers|members|employees|cases|customers|views|stars|downloads) ~(can|are allowed)
    how many (countries|states|planets) (are in|have|use) (the)? (eu|european union|nato|euro|un|opec|brics)
    how many satellites ; (death|casualty) toll
    how many .3 (has|have|did) .4 (won|win|scored|score|released|made|sold|published|have)
    what .2 (is|are|movies|films|shows|plays) .2 (showing|playing|streaming|on tv|on netflix|on at the) .3 $
    what is on $ ; showtimes ; (event|events|concert|concerts|festivals) (happening|on|near|around|in|this)
    in (theaters|theatres|cinemas)
    (any|are there) (good)? (events|concerts|movies|sales|deals|discounts|specials|promotions)
    (sale|sales|deals) (on|at|going)
    (what|which) .5 version (of|is|are|does|should) ~(the bible|the story|the song) ; (latest|stable|recent|lts) version
    release date
    (when|what) (is|are|will|does) the .2 (due|closing|start|end|election|deadline|release)? (date|dates|deadline) (of|
      for|to)
    (when|what day|which day|what date) (is|are|does|do|will) (the|this|it)? .1 <feast>
    (upcoming|coming|following|nearest|soonest|national|bank|public|school) holidays
    when (is|are|will) .5 (holiday|holidays|day off|free day|long weekend)
    (average|how much is|median|typical) .3 (rent|salary|salaries|income|house price|wage)
    how much does +6 (earn|make|get paid) ; salary of
    (best|good|great|top|cheap|decent|popular) .2 (restaurants|hotels|bars|cafes|clubs|pizza|sushi)
    (reviews|rating|ratings|reviewed) (for|of|on|like) ; (good|great|bad|any|the) reviews ; how .3 (rated|reviewed)
    """,
    _SETS,
)
"""Matters that change by themselves: weather, prices, news, office holders, records."""

IDIOMS = Phrases(
    """
    a live (stream|feed|broadcast|update) ; live streaming work ; (calculate|compute|derive|determine|model) .2 price
    traffic from (bots|google|search|social|spam)
    (wort|mot|palabra|begriff) (heute|jetzt|morgen|aujourd hui|maintenant|hoy|ahora)
    (wie funktioniert|wie funktionieren|comment fonctionne|comment fonctionnent|como funciona|como funcionan|was ist|
      was sind) (ein|eine|der|die|das|le|la|les|un|una|el)? (wechselkurs|wechselkurse|inflation|aktienkurs|wetter|
      taux de change|bourse|bolsa|tipo de cambio|bitcoin)
    weather (the|this|a|any|these|out|through) .2 (storm|storms|crisis|crises|downturn|recession|hardship|hardships)
    under the weather ; fair weather (friend|friends)
    weather (balloon|balloons|vane|vanes|station|stations|proof|resistant|app|system|systems|front|fronts|map|maps|
      satellite|satellites|api|pattern|patterns)
    weather (and|vs|versus|or) climate ; climate (and|vs|versus|or) weather ; (weather forecasts|weather forecasting)
    (cause|causes|affect|affects|influence|influences|form|forms|create|creates|by) (the|our)? weather
    weather (form|forms|work)
    now that ; buy now pay later ; now and then ; every now and again ; now or never ; apocalypse now ; from now on
    until now ; now what ; by now ; here and now ; years from now
    what (should|can|do|could|must|shall) (i|we) do (right)? now
    (but|and|so|is|are|am|has|have) now (i|it|my|they|there|he|she|we|the|when|whenever|not|no|gone|blocked|lost|
      missing|broken)
    (alternating|direct|electric|electrical|ocean|sea|rip|eddy|air|induced|leakage|high|low|constant|saturation|base|
      collector|inrush|circuit|phase|water|tidal|river|deep|surface|warm|cold|marine|no|electron|dark|a|of|rms|
      peak) (current|currents)
    (current|currents) (flow|flows|flowing|through|divider|density|source|sources|sensor|transformer|limiting|mirror|
      clamp|sink|loop|law|draw|gain|rating|ratings|flowed)
    (current|currents) in (a|an|the|each|series|parallel) .2 (circuit|circuits|wire|resistor|coil|conductor|inductor|
      capacitor|river|ocean|diode|branch|loop|transistor|battery|motor|sea)
    current (and|or) (voltage|charge|power|resistance)
    (voltage|resistance|charge|power|ohms|amps|amperes) (and|or|times|by) (the)? current
    current .1 (directory|folder|dir|element|row|page|node|line|branch|user|thread|process|shell|session|scope|object|
      class|module|file|index|iteration|tab|window|selection|cell|buffer|commit|frame|context|url|item|character|
      timestamp|datetime|database|schema|screen|layer|slide|function|package|activity)
    (latest|newest|most recent) .1 (row|rows|record|records|commit|commits|entry|entries|file|files|message|value|
      timestamp|item|items|element|log|logs|backup|tag|object|document|post|date|node|branch|migration|per|by group|
      for each)
    at the latest
    (sort|sorted|order|ordered|sorting) .4 (newest|latest|recent) ; newest (first|to oldest) ; oldest to newest
    (least recently|recently|least recent|most recently) used ; recently (viewed|deleted)
    (have|just|i|was|is|we) recently
    usa today ; psychology today ; in today s (society|world)
    the present (perfect|tense|simple|continuous|value|participle) ; current (affairs|events) mean
    (time|space) (complexity|signature|zone|zones|series|travel|management|dilation|constant|machine|frame|limit|limits|
      table|lapse|off|value)
    (first|last|same|long|each|every|any|some|full|part|real|run|build|compile|response|spare|free|over|screen|lead|
      travel|cooking|cook|best|right|good|delivery|processing|prep|baking) time
    (where|how) (do|does|did|can) .4 live ; (how long|where) .4 (live|lives)
    (price|prices) (elasticity|discrimination|floor|floors|ceiling|ceilings|mechanism|level|levels|theory|sensitivity|
      control|controls|gouging|skimming|fixing|index|indices|action|system|match|matching|point|points|taker|takers|
      maker|anchoring|setting|tag|tags|is right|war|wars|optimization)
    (strike|shadow|equilibrium|reserve|transfer|consumer|relative|sticky|half|unit|full|market clearing) (price|prices)
    price (and|vs|versus) (quantity|value|demand|supply|cost)
    (affect|affects|determine|determines|influence|influences|raise|raises|why do|why does|why are|cause|causes|set|
      define|column|field) .3 (price|prices) ~(today|now)
    stock (market exchange|exchange|exchanges|option|options|photo|photos|cube|cubes|pot|split|splits|buyback|buybacks|
      footage) ; stock market ~(today|doing|at|open|closed|crash|crashing|up|down|right|now|do)
    (chicken|vegetable|beef|fish|rolling|live|laughing|preferred|common|a) stock ~(price|at|doing|worth)
    (good|bad|fake|great) news ; news (anchor|cycle|article|articles|report|letter|ticker|writing|style)
    (write|read|reading|writing) (a|the)? news
    traffic (light|lights|sign|signs|violation|violations|ticket|tickets|rule|rules|law|laws|cone|cones|calming|school|
      signal|signals|analysis|shaping|monitoring|offence|offences|offense|offenses|engineering|circle|stop)
    (network|web|website|site|internet|organic|air|drug|human|http|https|inbound|outbound|udp|tcp|vpn|encrypted|ip|dns|
      api|server|user|referral|blog|ssl|tls|search|foot|incoming|outgoing) traffic
    traffic (to|on|from|for|between) (my|our|your|a|an|the|two)? .1 (web|site|blog|store|app|page|shop|server|servers|
      website|websites|port|vpn|subnets|host|hosts|cluster|pods)
    (drive|increase|generate|encrypt|route|capture|block|intercept|sniff|proxy|mirror|balance|redirect|
      balancing) .1 traffic
    open (source|minded|access|relationship|interval|set|heart|circuit|ended|book|plan|sesame|water|mic|air|world|
      office|ai) ; (to|can i|could i|not|help me) (open|close) ; how (do|can|could|should|to|would) .2 (open|close)
    (credit|test|iq|sat|f1|exam|risk|z|apgar|music|musical|film|sentiment|similarity|brier|t|silhouette|gpa|act|gre|
      propensity|fico|bleu|quality|bit|lighthouse|roc|confidence) (score|scores)
    population (genetics|density|growth|pyramid|ecology|biology|variance|mean|standard|parameter|dynamics|bottleneck|
      inversion|control) ; (sample|statistical) population ; population (and|vs|versus)
    record (player|label|type|keeping|deal|class|types|pattern)
    (medical|dns|mx|database|health|criminal|vinyl|financial|cname|txt|permanent) (record|records)
    status (code|codes|quo|symbol|bar)
    (http|marital|socioeconomic|social|exit|immigration|legal|git|employment) status
    status of (women|limitations|a process|a service|a job|a file)
    top (up|ups|upped|down|off) ; head (start|lice|over|ache|gear|cold|to)
    king (lear|arthur|kong|cobra|crab|size|s speech) ; queen (bee|ant|of hearts) ; drama queen
    (package|window|password|file|task|version|project|context|memory|device) manager ; (hosts|host) (file|name)
    (heart|frame|sampling|metabolic|learning|click through|bit|refresh|respiratory|growth|decay|flow|reaction|baud|
      error|pulse|survival|pass|hit) (rate|rates) ; rate (limit|limits|limiting|law|constant|of reaction|of change)
    how (is|are|does|do) (the|your|an|a)? .1 (interest|exchange|inflation|mortgage|tax|conversion) (rate|
      rates) .2 (calculated|determined|set|work|works|affect|affects|computed|defined|decided|differ|fluctuate|measured|
      influence)
    (credit|kilowatt|rush|happy|man|ampere|watt|contact|volunteer|business days) hours
    (and|but|best|not) yet (another|to) ; safe to (eat|drink|use|take|mix|delete|go raw)
    (black|good|bloody|casual|cyber|easter|shrove|ash|maundy|palm|super|freaky|giving|fat|man) <day>
    <day> (blues|night live|night lights|night fever|addams)
    what happened (to|in|at|during|after|before) the? (dinosaurs|titanic|roman empire|hiroshima|chernobyl|pompeii|
      romanovs|amelia earhart|world war|french revolution|battle|end of|berlin wall|beatles)
    (who|which side|what country|which country) (won|win|lost) the? (first|second|american|english|spanish|vietnam|
      korean|cold|hundred years|trojan|gulf|crimean|boer|peloponnesian)? (world war|civil war|battle|war|revolution|
      revolutionary war|world war ii|punic wars)
    most (popular|used|common|important|likely|efficient) (way|ways|method|methods|reason|reasons|cause|causes|type|
      types)
    (called|named|for|word for|spell|pronounce|translate|say|word) (<day>|today|tomorrow|yesterday|tonight|now)
    how old (should|must|do|was|were|did|does) ; how old (is|are|am) .6 (when|enough|to be) ; old (school|enough)
    (first|second|third|fourth|16th|1st|2nd|3rd|youngest ever|last) <role>
    <role> (was|were|duties|powers|elected|selected|chosen)
    """,
    _SETS,
)
"""Uses of the same words that have nothing to do with the present."""

DATE_CODE = Phrases(
    """
    (today|yesterday|tomorrow|today s date|today s dates|yesterday s date|tomorrow s date|now|current time|current date)
    current (and|or|unix|utc|local|system)? (date|time|timestamp|day|year|month|epoch|week|hour|utc|datetime)
    the? (time|date|day|day of the week) ; # (days|hours|weeks|minutes) ago
    last (day|week|month|monday|friday|year) ; next (day|week|month|monday|friday|year) ; <day>
    (last|past|next) # <unit>
    """,
    _SETS,
)
"""Dates as a program computes them: the answer is the code."""

"""Phrases of questions that need to know who asks, and of those that only sound like it."""

from trimtab.semantic_cache.reuse.phrases import Phrases

_SETS = {
    "mine": "my our mine ours",
    "record": "account accounts balance balances order orders package packages parcel delivery shipment shipments"
    " invoice invoices bill bills statement statements payment payments transaction transactions transfer"
    " transfers refund refunds subscription subscriptions reservation reservations booking bookings flight flights"
    " ticket tickets itinerary claim application applications request requests appointment appointments meeting"
    " meetings calendar schedule agenda inbox emails mail messages voicemail contacts alarms alarm reminders"
    " reminder timer timers list lists playlist points rewards miles credits limit score rating salary income"
    " paycheck paychecks pay payday pto vacation vacations leave days_off usage spending expenses expenditures"
    " purchases purchase history grades gpa insurance policy coverage plan quota deductible premium loan mortgage"
    " debt interest apr rate routing_number account_number name email address location phone_number birthday"
    " profile settings portfolio investments stocks deposit deposits withdrawal withdrawals tracking_number"
    " visa_status w2 taxes luggage baggage car gas tank mileage mpg tires tire_pressure files documents photos"
    " repo repository pull_request pull_requests tasks task manager boss cash money funds savings",
    "card": "card cards visa mastercard amex",
    "list": "shopping_list list_for_shopping grocery_list groceries_list to_do_list todo_list todos reminder_list"
    " task_list list_of_reminders",
    "plan": "calendar agenda schedule playlist reminders wish_list checklist list",
    "points": "points reward_points rewards_points rewards reward miles cash_back cashback",
    "off": "vacation pto sick_days vacation_days vacation_day paid_time_off time_off days_off holiday_days pto_days"
    " sick_leave annual_leave vacation_time days_of_pto days_of_vacation",
    "show": "show tell give check list read display find see view get track locate confirm report count pull_up"
    " look_up look_at let_me_know let_me_see let_me_hear say state describe bring_up fetch review search calculate"
    " figure_out go_over go_through hear recite repeat verify_that what_is whats know",
    "event": "event events meeting meetings appointment appointments reminder reminders alarm alarms",
    "was": "is are was were has have had did does do will am",
}

WHO_AND_WHERE = Phrases(
    """
    (summarize|summarise|analyze|analyse|review|check|what is in|list|read|sort|search) .2 (my|our) .2 (inbox|calendar|
      cart|basket|emails|email|notes|messages|transactions|spending|meetings|schedule|tickets|orders)
    (is there|are there|any) .3 for (me|us) $ ; (did|what) .3 i (ask|tell|say to) you
    near (me|here|by|us) ; nearby ; around here
    (nearest|closest) ~(to|relative|relatives|planet|star|living|competitor|neighbor|integer|whole|hundred|ten|
      approximation) ; (nearest|closest) to (me|us|here) ; current location ; from here ~(on|onwards) ; gps coordinates
    (in|around) (my|this|the) (area|neighborhood|neighbourhood|vicinity) ; (get|drive|walk) home ; where am i
    (this|my|our) (location|place|spot) $ ; where (i am|are we|we are)
    what (city|town|country|state|street) .2 (am i|are we|i am in)
    my .1 (last|latest|unread|newest|recent|previous) .1 (email|emails|message|messages|mail|text|note|notes) ; who am i
    who (do you|you) think i am ; (know|remember) who i am
    (refer|refers|referring|referred|address|addressing|reference) (to)? me
    (what|which|by what) .3 (name|names) .5 (for me|call me|calling me|saved|as mine) ; what .6 (call|calling) me
    (is|know|say|saved|guess|remember|what|tell me|state|repeat|spell|recall|have|show) .2 my name
    my name .3 (what|how|as|under|saved)
    (do|can|could|did) you (still)? (know|remember|recognize|recognise|identify) (me|my) ; (know|have) .3 about me $
    am i called
    """,
    _SETS,
)
"""Asking for who or where the asker is, however it is asked."""

RECORDS = Phrases(
    """
    any (new|unread|missed) (messages|emails|mail|notifications|calls|voicemails) ; (owe|owes|owed) (me|us)
    (how much|how many|amount of|number of|what amount of|what number of) .6 (i|we) .1 (owe|have|have got|
      still have) ~(to)
    (how much|how many|what|when|where) .6 (i|we) .1 (spent|spend|earned|saved|have used|ordered|deposited|withdrew|
      bought|charged|accrued)
    (how much|what) .4 (do|will|would|must) (i|we) (have|need|be|still|left)? (left|paying|to)? (to)? (pay|spend|
      owe) .6 (bill|bills|account|card|mortgage|loan|rent|taxes|month|total)
    (how much|amount|cost|total) .8 (bill|bills|utilities) ~(of rights|of lading|gates|clinton)
    what .2 (is|are|was) (my|the) .3 (bill|bills) $ ; (bill|bills|rent|payment) .6 (is|are) (how much|what|due)
    (how much|amount|what|total) .4 (due|owed|owing|do i owe|i owe) ; (bill|bills|rent|mortgage|payment|payments) .4 due
    due date (for|on|of) ; minimum payment
    (account|card|bank|checking|savings|points|point|pto|rewards|reward|loan) balance
    (my|the|current|available|remaining|outstanding) balance .3 $ ; ^ .2 balance .2 $
    balance (on|of|in|for) .4 (account|card|bill|visa|mastercard|amex|<mine>)
    (what|is|are|read|list|show|tell|give|check|any|have|see|hear|display|repeat|recite|through|over) .8 <list>
    ^ .2 <list> .2 $ ; (what|is|are|anything|check|read|have|put) .8 (on|in|from|through|over) (my|the) .2 <plan> .3 $
    (read|list|show|tell|give|check|display|repeat|recite|what is|search|open|see|hear|does|of) .4 (my|our|
      the) .2 <plan> .6 $ ; (do|does|did|have|are|is|any|what|which) .4 reminders
    reminders .4 (list|have|set|do i|what)
    (on|my|the) (list of things|list) .2 to do
    what .3 (do|did|have) (i|we) .1 (have|need|want|wanted|got|supposed) to (do|get|buy|remember|recall|pay) ~(to|for|
      if|in|before|when|as|about|after|with|or|first)
    what am i (supposed to|doing|meant to) .3 (today|do|be|doing)?
    i (wanted|was trying|asked|told|had wanted|said) .3 to .2 (remember|recall|remind|keep|bear|mind|help me remember)
    (any|an|all|the|what|which|many|have|are there|is there) .4 <event> .3 (set|scheduled|with|titled|called|between|
      today|tomorrow|do i|on my|on the calendar|for today|for #|on #|this|in my) ; when .2 (is|are) .4 <event>
    ^ .2 <event> .2 (today|tomorrow)
    (anything|what) .4 (happening|planned|scheduled|on|going on|in the books|booked) (on|for) .4 #
    what .4 (look|looks) like for me
    (how much|how many|what|is|are|do|have|total|number|calculate|check|show|tell|figure) .8 <points> .5 (i|available|
      left|redeem|have|earned|<mine>|<card>|discover|total|balance|amount|count|$)
    (point|points|reward|rewards) (count|number|total|balance) ; (discover|<card>) .2 rewards
    (how much|how many|what|is|are|count|number|amount|do|have|check|calculate|any|left|still|hear|see|
      totals) .8 <off> ~(spots|ideas|destinations|rental|rentals|home|homes|packages|destination) .6 (i|left|remaining|
      have|taken|used|balance|accrued|<mine>|me|available|spare|remain|saved|$)
    <off> .2 (balance|left|remaining|used|taken|request|status|approved)
    (payday|pay day|paycheck|paychecks|pay check) ~(works|stub|loan|loans|lender|lenders)
    (i|we) .4 (get|be|being|getting|got|am|was) paid ; (i|we|my) .4 (direct deposit|next check|next pay|last pay)
    (order|shipping|delivery|package|shipment|application|refund|claim|reservation|flight) .1 (status|update|tracking|
      number)
    (status|update|progress) (of|on|about|for) .4 (order|delivery|package|shipment|application|request|refund|claim|
      reservation|purchase|flight|transfer|payment|ticket)
    (where|when|track|tracking|has|is|did|how soon|how long) .4 (the|me|my|our|this|an) (order|package|parcel|
      shipment) ~(of|by|matter|matters|manager|managers|statement|a|an)
    (track|tracking) .1 (order|package|parcel|shipment)
    (has|have|did|was|were|is) .3 (order|package|packaged|parcel|shipment|delivery) .3 (shipped|delivered|arrived|
      arrive|ship|sent|here|coming|on the way|on its way)
    (when|what time|how long|how soon|at what) .8 (board|boarding|my flight|our flight)
    (transactions|purchases|charges|spending|expenses|expenditures) ~(are|is|mean|per|in sql|fee|fees|can|could|
      will) .4 (i made|i have made|i have|did i|have i|month|week|last|past|recent|recently|year|history|related)
    <mine> .3 (transactions|purchases|charges|spending|expenses|expenditures)
    (transactions|purchases|charges) (on|from|at|for) my
    ^ .3 (show|list|bring up|pull up|display|view|review|see|check) .5 (transactions|transaction|purchases|purchased|
      charges) ; (transaction|purchase|spending|payment|order|account) history ; spending habits
    (recent|last|latest|past|new) .2 (transactions|transaction|purchases|purchase|charges|expenses|payment|deposit|
      withdrawal) ; (total|how much|what) .3 (spent|spending|spend|costing me) .2 (on|at|in|for|this|last)
    i (have been|am|have) .1 (spending|spent) .2 (a lot|too much)
    (money|cash|funds) .4 (in|i my) .2 (account|bank|savings|checking)
    (how much|what) .2 in .1 (savings|checking|account)
    enough .1 (money|funds|cash|gas|credit|balance) .6 (account|bank|<card>|to|for) ; (can|could) (i|we) afford
    (how much|is there|enough|anything|what|get|left) .6 (in|within|on) (my|our) .3 (account|accounts|bank|tank)
    (credit|fico) (score|rating|report|limit) .3 (i|is|at|look|looking|doing)
    (what is|know|tell|give|check|find|find out|see|pull up|get|want|need|access|view|have|locate|say|request|show|
      share|process of) .6 (my|a|the)? credit (score|scores|rating|ratings|report|limit|looking) ; how is my credit
    how (do|can|could|would|to|might) .2 (see|check|find|find out|know|get|look at|locate|view|tell|access|look up|
      request) .2 (how many|how much|what)? (my|our|me) .4 (balance|score|rating|points|rewards|transactions|spending|
      history|statement|salary|income|limit|pto|vacation|orders)
    """,
    _SETS,
)
"""Asking for the contents of the asker's records: balances, lists, orders, what is owed, spent, earned or planned."""

LOOKUP = Phrases(
    """
    who +2 (my|our) .2 <record> ; tell me about (my|our) .3 (<record>|usage|account|card)
    (my|our) .2 (usage|sales|revenue|budget|expenses|quota|targets|metrics|kpis|pipeline|team s) ~(of|in python)
    (what|which|who|when|where|how much|how many|how high|how low|how old|how far|how full|how long) .4 <was> .6 <mine>
    (how|whats|what) (is|are|was) .3 <mine> ; whose .1 <mine>
    (what|which|how much|how many) .4 <mine> .2 (<record>|<card>)
    <was> .6 <mine> .3 <record>
    ^ (is|are) .2 <mine> .3 (<card>) (active|activated|blocked|frozen|expired|expiring|working|ready|on|linked|late|
      shipped)
    ^ (is|are|was|were|has|have|had|did) .2 <mine> ~(<card>|pin|identity|password|passcode)
    (why|how come|what reason|reason|what caused) .8 <mine> .4 (<record>|<card>)
    <show> .6 <mine> .6 (<record>|<card>|due|arrive|expire|expires|number)
    <show> .2 <mine> ; (i|we) (want|need|would like|wanna) .4 <mine> .3 <record> $
    ^ .2 (want|need|would like) <mine> .2 <record>
    (know|figure out|find out|idea|wondering) .2 (what|when|where|if|how much|how many|whether|why) .6 <mine>
    ^ <mine> .2 <record> (for|from|of|in|since) .2 $ ; ^ <mine> .4 <record> .1 $
    ^ <mine> .8 (is|has|have|contains|are|will) .3 (what|how much|when|who|how many|how)
    ^ .4 (of|on|in|for|from|about|with) <mine> .3 <record> .1 $
    <mine> .2 <record> (status|balance|number|details|history|total|amount|info|information|update|date)
    am i ~(able|allowed|supposed|required|permitted|correct|right|missing|wrong|doing this right|the only|going to|
      gonna|speaking|talking|interacting|chatting)
    (did|have|had|has|was|were) (i|we) ~(to)
    (do|does) (i|we) .1 (have|owe|get|own|earn|make|qualify) ~(to|the right|the option|any rights|charged)
    why (am|was|were|did|can|could) (i|we) ~(use|need|learn|have to|get hiccups|feel|dream|yawn|sneeze|sleep|care|
      verify|want|give|provide|choose|always)
    why (can|could|do|am|was|have|did|had) (i|we|my) not ~(just|simply|divide)
    (i|we) (have)? (ordered|purchased|booked|owe|subscribed to|applied for|reserved)
    (upcoming|next|today s|tomorrow s) (meeting|meetings|appointment|appointments|shift|bill|payment)
    (belongs|belong|assigned|registered|owed|paid|sent|addressed) to (me|us)
    (saved|stored|listed|registered|on file|recorded) (for me|as|under) ; (scheduled|booked|planned) for me
    """,
    _SETS,
)
"""Asking for something of the asker's that not everybody has alike."""

HOW_TO = Phrases(
    """
    how (do|can|could|should|would|might|may|must|shall) (i|we|you|one|someone|people) ~(have|owe|look|stand|spend|see|
      check|find|know|get|view|tell|access|locate|request)
    what (is|are) (a|an)
    how (to|i can|i could|i should|i would|i do|we can|you can) ~(see|check|find|know|get|view|tell|access|locate)
    (steps|instructions|tips|advice|tutorial|template) (to|for|on)
    (how many|how much|number of|amount of) .5 (can|could|may|should|must) i
    i (can|could|may) (have|do|make|hold|own|possess) ; (is|are) there (a way|any way|ways) to ~(see|check|know|find)
    (can|could|may) i (use|add|change|edit|delete|remove|share|cancel|set|have more|get more|transfer|sync|export|
      import)
    ^ .3 (write|draft|compose|translate|rewrite|proofread|summarize|explain|design|implement|create a|build)
    """,
    _SETS,
)
"""Asking how something is done with such records."""

GENERAL = Phrases(
    """
    how (do|can|could|should|would|might|may|must|shall|does|will) (i|we|you|one|someone|somebody|people|they|a person|
      my) ~(have|owe|look|stand|spend)
    how do i have ; where .4 do (i|we) (get|find|buy) ; (cause|causes|difference) (of|between)
    how (to|i can|i could|i should|i would|i do|i go about|we can|i might|you can|one can|changes)
    (is|are) .5 (calculated|determined|made|computed|stored|used|protected|encrypted|processed|shared)
    how (long|often|much|many|soon|far) .2 (should|must|would|can|could)
    how (long|soon) (does|do|will|until|before|till|after) ; how (long|soon) is ~(my|our)
    what (should|can|could|must|would|shall|might|may|if|causes|steps|has to|needs to)
    what (do|am|else do) i (need|have to|do|use|say|bring|supposed|going to need)
    what (documents|information|else|is needed|is required|does it take|proof)
    what (is|are|would be|was) (the|some|a|any|your|an)? .2 (way|ways|step|steps|process|procedure|procedures|method|
      methods|instructions|requirements|difference|purpose|meaning|policy|policies|reason|reasons|benefits|rules|
      options|best|point|fastest|easiest|quickest|protocol|restrictions|limits|proper|right|required|normal)
    what (happens|to do|kind of|type of|types of|sort of|makes|do you think) ; what does .5 mean ; what is wrong with
    (steps|instructions|way|ways|guide|tips|advice|directions|procedure|information|info|help|plan|tools|methods|
      lesson) .1 (to|for|on|about|with|in)
    (is|would|are) (it|there) .3 (possible|okay|ok|safe|allowed|legal|way|ways|bad|good|better|normal|necessary|true|
      too|restrictions|limits|limit)
    (can|could|may|might|would) (i|we) ~(see|have my|get my|hear|know|check|view|find out|please|afford)
    (will|would) (i|we) (be|get|have to|need|ever) ; should (i|we|my)
    (do|must) (i|we) (need|have to|verify|pay|get charged)
    why (should|would|must|is it|does it|do i need|do i have to|do you need|do we) ; (who|where) in the app
    (where|who|when) (can|could|do|should|would|must) (i|we) ~(have|owe|work|live|get paid) ; walk me through ; teach me
    (explain|clarify) ; help (me|us)? (to|with|in)? ~(find my|check my|locate my)
    (tell|show|teach|let) me (how to|how i can|the best|some|what to|the steps|ways|all the ways)
    (recommend|recommendation|suggest|suggestion|ideas|suggestions|idea for)
    (which|what) .5 (should|can|could|would|accept|accepts|allow|let)
    (is|are|was|were) my .4 (normal|safe|healthy|right|too|legal|bad|sick|dying|dead|protected|private|secure|accepted|
      valid everywhere)
    (international|foreign|transaction|transactions|exchange|atm|overseas|abroad|annual|late|monthly|extra|any|what|the|
      surcharge|are) .3 (fee|fees|charge|charges|surcharge) .3 (for|if|when|to|in|with|on|of|international) ; charge me
    (get|be) charged
    (use|used|using|work|works|accepted|usable|valid) .4 (abroad|overseas|internationally|anywhere|everywhere)
    (can|do|could|did|am|was) not .3 (find|get|see|access|remember|know|log|recall|locate|use|open|activate|change|want)
    unable to ; (forgot|forgotten|lost|unaware|unsure|not sure)
    (fuel|gas|oil|battery|tire|engine) (type|kind|grade) ; (type|kind|sort) of (fuel|gas|oil|battery|tire)
    before my (trip|flight|vacation)
    ^ .3 (write|draft|compose|translate|rewrite|rephrase|proofread|summarize|summarise|paraphrase|improve|fix|debug|
      refactor|edit|correct|review|analyze|analyse|convert|optimize|optimise|generate|create|make|design|implement|act|
      pretend|imagine)
    our (galaxy|solar system|planet|sun|moon|universe|species|world|society|atmosphere|brains|bodies|ancestors|
      ozone layer|economy)
    (my|our) (code|script|program|function|app|query|class|component|server|container|docker|python|java|javascript|
      react|sql|regex|api|build|test|tests|loop|database|model|dataframe|webpage|website|css|html|terminal|laptop|
      computer|pc|browser|printer|router|screen|keyboard|cat|dog|baby|toddler|son|daughter|husband|wife|kid|kids|child|
      boyfriend|girlfriend|mother|father|mom|dad|friend|partner|plant|plants|skin|hair|back|knee|stomach|head|eyes|
      teeth|tooth|heart|nose|throat|body|essay|resume|cv|cover letter|poem|story|garden|house|lawn|toilet|sink|fridge|
      oven|dishwasher|bread|cake|sourdough|opinion|life|mind|purpose|dinner)
    """,
    _SETS,
)
"""Asking how something is done, or about anybody's thing: the answer is the same whoever asks."""

IN_USE = Phrases(
    """
    (use|using|accept|accepts|accepting|accepted|take|takes|support|supports|verify|verifying|prove|proving|change|
      changing|improve|improving|affect|affects|replace|replacing|activate|activating|link|linking|reactivate|
      reactivating|start|switch|switching|modify|modifying|lose|losing|reset|resetting|unblock|unblocking|unlock|secure|
      protect|protecting|extend|renew|cancel|cancelling|close|closing|delete|block|order|top up|topping up|fund|update|
      updating) .1 (my|our|your|all my) .2 (identity|card|cards|pin|password|passcode|account|details|credit|visa|
      mastercard|amex|identify|documents|address|name|phone|email|oil|tires|battery|car)
    (hurt|hurts|harm|harmful|affect|affects|decrease|decreases|improve|improving|raise|raising|increase|increasing|
      lower|lowers|build|building|help|helps|impact|impacts|damage|boost|fix|repair|drop|dropping|ruin|reduce|keep|
      change) .4 (my|your|the|a|one s) .1 credit .1
    credit score (hurt|affected|work|works|important|mean|calculated)
    """,
    _SETS,
)
"""A thing of the asker's that something is done with, the same way by everybody."""

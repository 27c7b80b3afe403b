"""Words that carry no subject of their own, and words that the pen slips between though both are words."""

from __future__ import annotations

from trimtab.semantic_cache.guards.lexicon import listed

FUNCTION = frozenset(
    listed(
        """a an the this that these those i you he she it we they me him her us them my your his its our their
        mine yours ours theirs myself yourself himself herself itself ourselves themselves u ur one ones
        oneself own s t d ll re ve am is are was were be been being do does did done doing have has had having
        can could will would shall should may might must need ought cannot who whom whose what which when
        where why how whatever whichever whenever wherever and or but nor so yet if then than because as while
        although though unless until since whether either neither both of in on at by for from to with about
        into onto over under after before between among through during against within without along across
        behind beyond near upon toward towards via per up down off out around regarding concerning not no yes
        never ever also too very really actually just quite rather even still already again simply basically
        please pls plz kindly thanks thank hello hi hey ok okay dear sir madam there here etc eg ie vs versus
        such like some any all each every other others another same much many more most few several lot lots
        bit little less least enough only else once always often usually sometimes generally normally
        currently now nowadays today presently anyone someone everybody everyone somebody anybody people
        person anything something everything thing things stuff wh r n w b im dont doesnt cant ill id youre
        theyre whats hows got gotten get gets getting going gonna wanna able exactly properly correctly
        successfully possibly probably maybe perhaps certain possible let lets"""
    )
)
"""Words that a paraphrase adds or leaves out without asking anything else."""

LIGHT = frozenset(
    listed(
        """way ways method methods approach step steps procedure process tip tips trick tricks advice suggestion
        suggestions idea ideas guide tutorial instruction instructions technique techniques strategy means
        best good better great nice ideal perfect top right proper correct effective efficient easiest easy
        simple simplest quick quickest fastest fast useful helpful recommended popular main major key
        important common basic different various reason reasons cause causes make made making use using used
        get find finding know learn learning want wanted wanting wish like love try trying go do help helping
        need needed start begin become have tell say said explain describe give show provide list name mean
        meaning work works working take took think thought feel look see come happen happens happened occur
        possible kind kinds type types sort sorts example examples world life time day number amount level
        part place point question answer information info detail details difference differences actual real
        exact overall general specific particular certain new current consider considered exactly ever
        existing available able based related order person people human guy my myself personal own keep put
        set stuff matter fact case issue problem problems situation opinion view views review experience
        suggest recommend should achieve handle deal figure let allow called known famous favorite favourite
        india indian"""
    )
) - frozenset(("india", "indian", "love", "life", "time", "day", "world", "new", "problem", "problems"))
"""Words that say little: one more or one less of them does not make another question."""

DISTINCT = frozenset(
    listed(
        """house horse mouse noise nurse purse curse course coarse price prize pride prime prince print point
        paint plant plane planet plate place palace peace piece peach beach bench beast breast bread break
        brake brain train trail trial track trick truck trade trace grade grace grass glass class clash crash
        cash case cause pause sauce source score store story stone stove state stake steak steal steel steam
        stem stream street strong string strip stripe trip tripe tribe bribe bride bridge fridge ridge range
        orange change charge chance choice voice juice dice rice race pace face fact fast feast least lease
        leash leave leaf lead load road toad coat boat goat moat float flat flag flap flash flesh fresh crest
        chest cheat chat chart cheap sheep sheet sleep steep step stop shop ship shirt skirt short shore share
        shape shade shake snake snack stack stock sock rock lock look book cook cool pool poll pole hole home
        hope rope role rule ruler water wafer later laser layer player prayer paper power tower flower lower
        lover cover river driver diver liver fever never level lever clever cleaver weather feather father
        mother other bother brother dinner winner inner finger singer ginger angle angel ankle apple ample
        maple table cable fable stable staple simple sample single signal sign silent silver sister master
        matter butter better bitter litter letter latter ladder leader reader render gender tender sender
        spender vendor border order older elder alter altar after waiter writer winter printer painter pointer
        counter country county count court mount mouth month moth north south youth tooth truth trust crust
        rust crush brush blush flush plus plush push bush bash bath path math moon noon spoon soon soap soup
        soul foul fuel full fill film firm form farm harm charm chair hair fair pair pear bear beard beer deer
        dear near year yeast east roast toast coast cost host post pose nose rose rise wise wine wire fire
        hire tire tired time tile mile mild wild wind wing ring king kind mind mint mine line lime lamp camp
        clamp champ cramp stamp stump stomp pump jump lump lamb limb climb crime grime dime dome dose does
        dust duct duck luck lick sick sink pink link think thank tank bank band hand land sand send lend bend
        bind bird birth berth earth heart hear heard head heat meat meal deal seal sale salt malt melt belt
        bolt bold bald ball bell bill pill pull hall hell hill mill milk silk sell cell call tall tell well
        wall walk talk task mask mark market basket bracket jacket racket rocket pocket packet socket ticket
        cricket wicket test text taste waste paste past part port sort sports spots posts poster porter baker
        banker biker bible bubble double trouble couple purple people temple affect effect accept except
        expect respect inspect insect aspect access excess success process profess adopt adapt adept advice
        device advise devise revise recipe receipt receive deceive perceive desert dessert college collage
        colleague league vegetable principal principle personal personnel quiet quite quit quote stationary
        stationery complement compliment moral morale mortal portal postal cosmic comic conic iconic ironic
        ionic sonic tonic topic tropic optic contact contract contrast context content contest consent convent
        convert concert concern conserve preserve reserve deserve observe perverse reverse universe inverse
        invest infest request relation reaction creation action section election selection collection
        correction connection direction erection function junction fraction friction fiction station nation
        ration rotation notation donation location vocation vacation dictation citation mediation meditation
        medication dedication education nursing cursing pricing prising training draining straining raining
        running gaining causal casual carrier career barrier courier marine machine manage mange mango tango
        garage carriage marriage message massage passage package postage portage portrait hotel hostel motel
        model modem modern novel navel naval nasal basal singular angular regular popular secular statue
        status statute stature nature mature future texture lecture pasture posture immigrant emigrant
        ingredient gradient patient chicken kitchen kitten mitten written bitten liter metre meter motor
        mentor monitor minor manor major mayor surgery sugar surge purge merge verge large barge badge budge
        budget widget gadget target resign design reign foreign sovereign carrot parrot pirate private poison
        prison person parson towel vowel bowel wedding welding bedding tablet breath breathe broad board
        physical fiscal physics physician musician magician diary dairy daily soldier solder shoulder poodle
        noodle doodle needle cancer dancer monkey donkey money honey stroke strike strive stride scared sacred
        scarred muscle muscular mussel glove globe grove groove cloud clout clock click cluck block black
        blank blanket bleak bottle battle cattle castle kettle settle pepper copper salmon saloon salon salad
        onion union bacon beacon biscuit circuit soccer tennis tenants guitar violin villain shower shove sofa
        soda rabbit habit spider bronze insulin aspirin lemon melon peanut garlic cough rough tough touch
        couch thyroid steroid glucose calcium sodium podium algorithm logarithm compiler variable thread
        threat treat tread branch brunch bunch server docker locker tuple array queue parser router cluster
        bucket column rebase release fetch patch match batch latch watch catch byte bite site cite sight kite white
        write right night light fight might tight knight sine cosine wave wage page cage sage stage"""
    )
)
"""Words one or two letters away from another word: between two of these nobody slipped."""

"""Phrases with which a model refuses, or says that it cannot do or does not know."""

from trimtab.semantic_cache.reuse.phrases import Phrases

_SETS = {
    "lead": "sorry so_sorry i_am_sorry i_am_very_sorry i_am_so_sorry i_am_really_sorry i_am_truly_sorry"
    " we_are_sorry unfortunately regrettably sadly i_am_afraid i_regret i_regret_to_say i_apologize i_apologise"
    " my_apologies apologies i_apologize_for_the_inconvenience i_apologize_for_any_inconvenience"
    " apologies_for_the_inconvenience but however though that hi hello hey hmm well no oh at_the_moment"
    " at_this_time currently honestly to_be_honest",
    "unable": "can_not could_not am_unable are_unable am_not_able are_not_able was_unable were_unable was_not_able"
    " will_not would_not am_not_allowed am_not_permitted am_not_authorized am_not_authorised am_not_programmed"
    " am_not_capable am_not_equipped am_not_comfortable am_not_in_a_position must_decline have_to_decline"
    " need_to_decline must_refuse have_to_refuse do_not_have do_not_know do_not_possess do_not_feel_comfortable"
    " did_not_find have_no lack decline can_neither can_only_help can_only_assist can_only_answer have_not_been",
    "ai": "ai artificial_intelligence language_model large_language_model ai_language_model ai_assistant"
    " virtual_assistant llm text_based_ai text_based_model chatbot",
    "help": "help assist fulfil fulfill comply support engage participate discuss answer provide do create generate"
    " write share access browse retrieve check look see open view send book give tell predict diagnose verify"
    " confirm process complete produce continue facilitate endorse promote recommend_any offer translate_this",
}

CLEAR = Phrases(
    """
    ^ (<lead>)? (<lead>)? (<lead>)? (<lead>)? (i|we) (<unable>) ~(wait|stress|emphasize|emphasise|overstate|thank|agree|
      imagine|believe|recommend|say enough|help but|have both|be happier|a single|problem|doubt|favourite|favorite)
    ^ (<lead>)? (<lead>)? (<lead>)? (can not|unable to|not able to) (<help>)
    (i|we) (can not|will not|am unable to|am not able to|are unable to|could not|must decline to|have to decline to|
      am not going to|refuse to) (<help>) .2 (you|with|that|this|it|any|your|the|such|content|information|request|to)
    (i|we) can not (help|assist|comply) $
    as (an|a|just an|only an) .2 (<ai>) ; i am .2 (an|a) .2 (<ai>)
    (against|violates|violate|contrary to) (my|our|the) .2 (guidelines|policy|policies|programming|terms|principles)
    (my|the) (knowledge|training|training data) .2 (cutoff|cut off|only goes|only extends|ends|was last)
    knowledge cutoff
    as of my (last|latest|most recent|knowledge|training)
    i do not have .4 (access|ability|information|data|knowledge|capability|details|tools|means|context|permission|
      real time|enough|feelings|opinions|personal) ; i have no (access|way|information|knowledge|data|record|means|idea)
    i do not know ; i did not find any ; i am not aware of any
    that is (not something i can|outside my|beyond my) ; i (must|have to|need to) (decline|refuse)
    i am not (allowed|permitted|able) to
    """,
    _SETS,
)
"""Unambiguous at the head of an answer, however long the answer is."""

EXCUSE = Phrases(
    """
    ^ (<lead>)? i am not (sure|certain|familiar|aware)
    ^ (<lead>)? (<lead>)? (i|we) (could not|did not|can not) (find|locate|see|identify|determine)
    ^ (<lead>)? (<lead>)? no .3 (information|results|data|record|records|matches|answer|documents) .3 (found|available|
      provided|$)
    ^ (<lead>)? (<lead>)? there (is|are|was|were) (no|not enough|insufficient) .3 (information|results|data|record|
      mention|details|context)
    ^ (<lead>)? (<lead>)? the .2 (context|document|documents|text|information|passage|source|sources|
      article) .3 (does not|do not|is not)
    ^ (<lead>)? (<lead>)? (i|we) (would)? (need|require) (more|additional|further|some more)
    ^ .3 (could|can) you .1 (provide|clarify|specify|share|give)
    ^ please (provide|clarify|specify|share|give|upload|paste)
    ^ .2 it (is not|seems that|seems like|looks like|appears) .4 (possible|missing|forgot|cut off|incomplete|not)
    ^ (an|internal|unexpected)? .1 error (occurred|has|while) ; ^ something went wrong ; ^ .1 try again
    ^ .2 (sorry|apologies|apologize|apologise) $
    ^ unfortunately (i|we|that|this|the|there|it|no)
    ^ (not available|not found|not enough information|unknown|n a|none) $ ; ^ i am having trouble
    """,
    _SETS,
)
"""An excuse where nothing else follows."""

POLITE = Phrases("^ .3 (sorry|apologize|apologise|apologies|thank|thanks|understand|appreciate|question|hello|hi|hey)")
"""A first sentence behind which the refusal may stand."""

ABROAD = Phrases(
    """
    ^ .3 tut mir .1 leid ; ^ leider
    ^ .3 ich (kann|darf|konnte|weiss|habe|verfuge|mochte|bin) .9 (nicht|kein|keine|keinen|keinerlei)
    als (ki|sprachmodell|kunstliche)
    ^ entschuldigung ; ^ .2 (desole|desolee|desoles) ; ^ malheureusement
    ^ .2 je ne (peux|suis|sais|dispose|connais|puis) ; ^ .2 je n ai (pas|aucun|aucune)
    en tant qu (ia|intelligence|assistant) ; en tant que (modele|assistant)
    ^ .1 lo (siento|lamento) ; ^ lamento ; ^ (lamentablemente|desafortunadamente)
    ^ .2 no (puedo|tengo|se|dispongo|me es posible)
    como (una ia|un modelo|modelo|ia|inteligencia|una inteligencia|asistente)
    ^ mi dispiace ; ^ purtroppo ; ^ .2 non (posso|ho|so|sono) ; ^ (desculpe|infelizmente|sinto muito|lamento)
    ^ .2 nao (posso|tenho|sei|consigo) ; ^ .1 het spijt ; ^ helaas ; ^ ik kan .8 niet ; ^ ik weet
    """
)
"""The same in other languages."""

UNSPACED = (
    "抱歉",
    "对不起",
    "對不起",
    "很遗憾",
    "我无法",
    "我不能",
    "我無法",
    "申し訳",
    "すみません",
    "죄송",
    "извините",
    "к сожалению",
    "простите",
    "я не могу",
    "я не знаю",
)
"""The same in scripts that are compared as they stand."""

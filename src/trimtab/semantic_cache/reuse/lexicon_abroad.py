"""The phrases of reuse in German, French, Spanish, Italian, Portuguese and Dutch, without accents: folding drops them.

Fewer than in English, and in doubt too many: what is not served from the cache is asked, and that is never wrong.
"""

from trimtab.semantic_cache.reuse.phrases import Phrases

CLOCK = Phrases(
    """
    heute ; jetzt ; aktuell ; aktuelle ; aktuellen ; aktueller ; aktuelles ; derzeit ; momentan ; gestern
    morgen ~(und)
    gerade ~(zahl|zahlen|linie|strecke|und) ; neueste ; neuesten ; neuester ; neuestes ; neuste ; neusten ; kurzlich
    (diese|dieser|diesen|dieses|letzte|letzten|letzter|letztes|nachste|nachsten|naechste|naechsten|nachster|nachstes|
      kommende|kommenden) (woche|wochenende|monat|jahr|nacht|saison|mal|zug|bus|bahn|flug|spiel|wahl|wahlen|feiertag|
      folge|vollmond|version|montag|dienstag|mittwoch|donnerstag|freitag|samstag|sonntag)
    wie (spat|spaet) .2 ist ; wie viel uhr ; wieviel uhr ; uhrzeit
    (welcher|welches|welchen) .1 (tag|datum|jahr|wochentag)
    wie alt (ist|sind|bin|wird) ; wie (viele|lange) (tage|wochen|monate|stunden)? .3 (bis|noch|seit) ; immer noch
    vor kurzem
    zur zeit ; zurzeit ; im moment ; dieses jahr ; heutige ; heutigen ; heutzutage ; noch am leben
    aujourd hui ; maintenant ; actuel ; actuelle ; actuels ; actuelles ; actuellement ; en ce moment ; demain ; ce soir
    (hier|avant hier) (soir|matin|a|y|en|la|le|les) ; hier $ ; d hier
    (cette|cet) (semaine|annee|nuit|saison|apres midi|hiver|ete)
    ce (mois|matin|week end|weekend|jour) ; (semaine|annee|mois) (derniere|dernier|prochaine|prochain) ; recemment
    recent
    (dernier|derniere|derniers|dernieres) (version|nouvelles|actualites|match|election|elections|resultats|resultat|
      infos|news|episode|film|album|mise a jour)
    (prochain|prochaine) (train|bus|metro|vol|match|election|elections|episode|match)
    quelle heure ; quel jour ; quelle est la date ; quel age
    combien de (jours|semaines|mois|temps) .4 (avant|jusqu|reste) ; encore en vie
    hoy ; ahora ; actualmente ; ayer ; esta (semana|noche|tarde|temporada|manana)
    (para|de|el|pasado|hasta|tiempo)? manana
    (presidente|presidenta|precio|situacion|hora|fecha|tipo|tasa|version|gobierno|ministro|rey|campeon|estado|
      cotizacion|director|temperatura|clima|momento|epoca) actual
    actual (presidente|presidenta|precio|situacion|gobierno|campeon|rey)
    este (mes|ano|fin de semana|momento|verano|invierno) ; (semana|mes|ano) (pasado|pasada|proximo|proxima|que viene)
    (ultimo|ultima|ultimos|ultimas) (version|noticias|partido|resultado|hora|elecciones|episodio|semana|mes|ano|
      novedades)
    (proximo|proxima) (tren|autobus|vuelo|partido|eleccion|elecciones|episodio|festivo|luna llena|bus|metro)
    que hora ; que (dia|fecha) es ; cuantos anos tiene ; que edad tiene ; cuantos dias (faltan|quedan|hasta)
    cuanto falta ; en este momento ; sigue vivo
    oggi ; adesso ; domani ; ieri ; stasera ; stanotte ; stamattina ; attuale ; attuali ; attualmente
    (questa|questo) (settimana|mese|anno|sera|mattina)
    (ultime|ultima|ultimi|ultimo) (notizie|versione|partita|risultati) ; che (ora|ore) (e|sono) ; quanti anni ha
    che giorno e ; (prossimo|prossima) (treno|autobus|volo|partita)
    hoje ; agora ; ontem ; amanha ; atual ; atuais ; atualmente ; neste momento ; (esta|este) (semana|mes|ano|noite)
    (ultima|ultimas) (versao|noticias)
    que horas ; quantos anos tem ; que dia e ; (proximo|proxima) (trem|comboio|onibus|voo|jogo)
    vandaag ; nu ; gisteren ; momenteel ; huidige ; huidig ; tegenwoordig ; vanavond ; vanmorgen
    deze (week|maand|avond|jaar) ; dit (jaar|weekend)
    (laatste|nieuwste) (versie|nieuws|wedstrijd) ; hoe laat ; hoe oud is ; welke dag is
    (volgende|eerstvolgende) (trein|bus|vlucht|wedstrijd)
    """
)
"""Words that name the present."""

TOPICS = Phrases(
    """
    wetter ; wettervorhersage ; (regnet|schneit|regnen|schneien) ; wie (warm|kalt|heiss) (ist|wird) es
    temperatur (in|draussen|von)
    nachrichten (aus|uber|von|des|zu|in) ; neuigkeiten ; schlagzeilen ; was gibt es neues ; was passiert
    wer hat .4 (gewonnen|verloren) ; wie steht es ; spielstand ; tabelle der ; bundesligatabelle
    wer (ist|wurde|fuhrt|leitet|regiert) .3 (bundeskanzler|kanzler|kanzlerin|bundeskanzlerin|prasident|praesident|
      bundesprasident|prasidentin|chef|ceo|konig|koenig|konigin|papst|minister|premierminister|burgermeister|
      weltmeister|trainer|vorsitzende|vorsitzender|geschaftsfuhrer)
    (was|wie viel|wieviel) (kostet|kosten) ~(es|die uberweisung|eine uberweisung) ; preis (von|fur|fuer|des|der)
    preise ; aktienkurs ; borsenkurs ; wechselkurs ; kurs (von|der|des) ; spritpreis ; benzinpreis ; strompreis
    goldpreis ; (euro|dollar|franken) in (euro|dollar|franken|yen)
    offnungszeiten ; oeffnungszeiten
    (hat|haben|ist|sind|wie lange|wann) .6 (geoffnet|geoeffnet|offen|geschlossen|offnet|schliesst|zu) $
    (wann|bis wann) .1 (offnet|schliesst|macht)
    (wann|um wie viel uhr) (fahrt|faehrt|kommt|geht|startet|landet|fliegt|beginnt|lauft|spielt|ist) ; verspatung ; stau
    staus ; verkehrslage ; (zug|flug|bahn) .5 (punktlich|verspatet|ausgefallen) ; verfugbar ; ausverkauft ; auf lager
    (reichste|reichster|grosste|schnellste|alteste|meistverkaufte|beliebteste|hochste|teuerste) .2 (mensch|mann|frau|
      gebaude|firma|unternehmen|stadt|person|auto|spieler|der welt) ; weltrekord ; wie viele (einwohner|menschen leben)
    einwohnerzahl
    (inflation|inflationsrate|arbeitslosenquote|leitzins|zinsen|mindestlohn) (in|von|der|ist|betragt|hoch|auf|fur)
    wie (hoch|stark) .3 (inflation|inflationsrate|arbeitslosenquote|leitzins|zinsen|zinssatz|mindestlohn|temperatur)
    meteo ; quel temps ; (pleut|pleuvoir|neige|neiger) ; previsions ; temperature a ; quelle .3 temperature ; actualites
    les infos ; quoi de neuf ; que se passe ; qui a (gagne|remporte) ; score du ; classement
    qui (est|dirige|gouverne) .4 (president|presidente|premier ministre|pdg|roi|reine|pape|maire|ministre|chancelier|
      champion|entraineur|directeur) ; record du monde
    (combien|que|quel prix) (coute|coutent) ; (prix|cours) (de|du|des|d|actuel) ; cours de (bourse|l action)
    taux de (change|chomage|inflation) ; taux d (inflation|interet) ; (dollars|dollar|livres) en euros
    euros en (dollars|livres|yens)
    (est|sont|a|ouvre|ferme|quelle) .5 (ouvert|ouverte|ouverts|ferme|fermee|ouvre|fermes) ; horaires
    (a quelle heure|quand) (ouvre|ferme|part|arrive|commence|est|joue|finit|decolle) ; circulation ; bouchons
    embouteillages ; en retard ; disponibilite ; en stock
    (plus riche|plus grand|plus rapide|plus vieux|plus cher) .2 (homme|femme|personne|batiment|tour|du monde)
    population (de|du|des) ; combien d habitants ; smic
    clima ; que tiempo (hace|hara|va|tenemos) ; pronostico ; (llueve|lloviendo|llover|llovera|nieva|nevar)
    temperatura en ; noticias ; que (pasa|paso|esta pasando) ; quien (gano|ganara|ha ganado|va ganando) ; resultado del
    clasificacion
    quien (es|dirige|gobierna) .4 (presidente|presidenta|primer ministro|ministro|rey|reina|papa|alcalde|director|ceo|
      canciller|campeon|entrenador|gobernador|jefe) ; record mundial
    (cuanto) (cuesta|cuestan|vale|valen|esta) ; precio (de|del|actual) ; precios
    (tipo|tasa) de (cambio|interes|inflacion|desempleo) ; cotizacion ; bolsa de
    (dolares|dolar|libras|pesos) (a|en) (euros|pesos|dolares) ; euros (a|en) (dolares|pesos|libras)
    (esta|estan) .5 (abierto|abierta|abiertos|abiertas|cerrado|cerrada)
    (a que hora|cuando|hasta que hora) (abre|abren|cierra|cierran|sale|llega|empieza|juega|termina|es) ; horario
    horarios ; trafico ; atasco ; retraso ; retrasado ; disponibilidad ; agotado
    (mas rico|mas alto|mas rapido|mas viejo|mas caro|mas grande) del mundo ; (hombre|persona|edificio) mas .4 del mundo
    poblacion (de|del) ; cuantos habitantes ; salario minimo
    che tempo fa ; previsioni ; piove ; notizie
    chi (ha vinto|e il presidente|e il papa|e il re|e il primo ministro|governa) ; (prezzo|prezzi) (di|del|della|dell)
    quanto (costa|costano) ; tasso di cambio ; orari ; (aperto|aperta|chiuso|chiusa) $ ; traffico
    previsao do tempo ; (como esta|como vai estar) o tempo ; (chover|chovendo)
    quem (ganhou|e o presidente|e o papa|e o rei|governa) ; preco (do|da|de) ; quanto custa ; cotacao ; taxa de cambio
    horario de ; transito
    (weerbericht|weersverwachting) ; (wat voor|hoe is het|het) weer ; regent ; nieuws
    wie (heeft gewonnen|is de president|is de premier|is de koning) ; prijs van ; (wat|hoeveel) kost ; wisselkoers
    openingstijden ; (is|zijn) .4 (open|gesloten|dicht) $
    """
)
"""Matters that change by themselves."""

PERSONAL = Phrases(
    """
    (wo|wann|was|wie viel|wieviel|wie viele|wie hoch|wie lautet|welche|welcher|welches|warum|wieso|ist|sind|war|hat|
      wurde|wird) .5 (mein|meine|meinen|meiner|meinem|meines|unser|unsere|unseren|unserer)
    (zeig|zeige|gib|sag|sage|nenne|nenn|prufe|pruf|check|checke|verfolge|finde|lies) .3 (mein|meine|meinen|meiner|unser|
      unsere)
    (bin|habe|hatte|war|wurde|schulde|bekomme) ich ; mein (kontostand|guthaben|saldo|name)
    (wie viel|wieviel) .4 (ich|wir) ; wer bin ich ; wo bin ich ; in meiner nahe ; in der nahe
    (ou|quand|quel|quelle|quels|quelles|combien|pourquoi|est ce que|est|sont|a t) .6 (mon|ma|mes|notre|nos)
    (montre|montrez|donne|donnez|dis|dites|affiche|verifie|lis) .3 (mon|ma|mes|nos)
    (ai|suis|dois|avons|avais) je ; j ai (commande|achete|depense|paye|reserve) ; mon (solde|nom|compte) $ ; qui suis je
    ou suis je ; (pres|autour) de (moi|chez moi)
    (donde|cuando|cual|cuales|cuanto|cuanta|cuantos|cuantas|que|por que|esta|estan|ha|fue) .6 (mi|mis|nuestro|nuestra|
      nuestros|nuestras)
    (muestrame|muestra|dame|dime|ensename|revisa|verifica|consulta|lee) .3 (mi|mis|nuestro|nuestras)
    (cuanto|cuanta|cuantos|cuantas|que) .4 (tengo|debo|gaste|pague|compre|gano|pedi)
    (cuanto|cuanta|cuantos) (debo|gano|gasto|pago) ; (tengo|debo) .2 (saldo|citas|puntos|dinero)
    mi (saldo|nombre|cuenta|pedido) $ ; quien soy ; donde estoy
    cerca de (mi|aqui)
    (dove|quando|quanto|quanti|qual|quali) .5 (mio|mia|miei|mie)
    (onde|quando|quanto|qual|quais|cade) .5 (meu|minha|meus|minhas) ; (waar|wanneer|wat|hoeveel) .5 (mijn|ons|onze)
    """
)
"""Asking for what only the asker's own records can tell."""

GENERAL = Phrases(
    """
    wie (kann|konnen|koennen|muss|soll|sollte|andere|aendere|setze|losche|kundige|beantrage|aktiviere|bekomme|finde|
      mache|erstelle|verbinde|installiere) (ich|man|wir)
    (was|wo|wann|wen) (kann|konnen|muss|soll|sollte|mache|tue) (ich|man|wir) ; kann ich ; darf ich ; muss ich
    was passiert ; was tun ; wie (funktioniert|geht|andert man)
    comment ; que (faire|dois je faire|puis je|se passe t il si) ; (puis|peut|pouvons|dois) je ; (ou|quand) (puis|peut)
    faut il
    como ~(esta|va|estan) ; que (hago|debo|puedo|tengo que|pasa si) ; (puedo|podemos|debo hacer|hay que|tengo que)
    donde (puedo|se puede)
    come (posso|si|faccio) ; cosa (devo|posso|succede) ; como (posso|faco|eu) ; o que (faco|devo|acontece)
    hoe (kan|moet|verander|reset) ; wat (moet|kan) ik
    """
)
"""Asking how something is done."""

ACTION = Phrases(
    """
    ^ (bitte|kannst du|konntest du|konnen sie|ich mochte|ich will)? .4 (stell|stelle|stellen|schick|schicke|schicken|
      sende|senden|buche|buchen|reserviere|reservieren|bestell|bestelle|bestellen|storniere|stornieren|losche|loschen|
      uberweise|uberweisen|spiele|spiel|starte|stoppe|erinnere|erinnern|kaufe|ruf|rufe|anrufen|wirf|wurfle|
      wurfeln) ~(ich|man|wir|mir vor) .8 $
    (schalte|mach|mache|dreh) .5 (an|aus|ein|lauter|leiser|auf|zu) $
    (erzahl|erzahle|kennst du|sag) .3 (witz|witze|witzig) ; kundige (mein|meine|meinen) ; (zufallige|zufallszahl)
    ich .5 (buchen|stornieren|bestellen|reservieren|uberweisen|kundigen) $
    ^ (peux tu|pouvez vous|s il te plait|s il vous plait|je veux|je voudrais|merci de)? (reserve|reserver|reservez|
      commande|commander|annule|annuler|annulez|envoie|envoyer|envoyez|supprime|supprimer|supprimez|achete|acheter|
      appelle|appeler|appelez|joue|jouer|allume|allumer|eteins|eteindre|programme|rappelle moi|vire|transfere|mets) .8
    (raconte|raconter|dis) .3 (blague|histoire drole) ; lance (un de|une piece|les des)
    ^ (puedes|podrias|por favor|quiero|quisiera|me gustaria)? (reserva|reservar|cancela|cancelar|envia|enviar|manda|
      mandar|borra|borrar|elimina|eliminar|compra|comprar|llama|llamar|pon|poner|reproduce|enciende|apaga|programa|
      transfiere|transferir|recuerdame|pide|pedir) .8
    (cuenta|cuentame|contar) .3 (chiste|broma) ; (lanza|tira) (una moneda|un dado|los dados)
    """
)
"""Asking for a deed or for chance."""

"""What fills the slots of the templates where the lexicons have no such type."""

SLOTS: dict[str, str] = {
    "setting": """
        caching; logging; compression; TLS; debug mode; strict mode; telemetry; rate limiting; auto-reload; dark mode;
        keep-alive
    """,
    "code": """
        404; 500; 502; 503; 401; 403; 429; E1001; E1002; ECONNREFUSED; ETIMEDOUT; ENOENT; 0x80070005; 0x80004005;
        ORA-00942; 137; 139
    """,
    "flag": "-r; -f; -v; -n; --force; --dry-run; --verbose; --quiet; --recursive; --no-cache; -it; -p; --all; -i",
    "command": """
        grep; rsync; tar; curl; git push; docker run; kubectl apply; npm install; pip install; chmod; find; ssh; sed
    """,
    "n": """
        2; 3; 4; 5; 6; 7; 8; 10; 12; 15; 20; 24; 30; 40; 50; 60; 75; 90; 100; 120; 150; 200; 250; 400; 500; 1000;
        1500; 5000
    """,
    "p": "2; 3; 4; 5; 6; 7; 8; 10; 12; 15; 18; 20; 25; 30; 35; 40; 45; 60; 75",
    "port": "22; 80; 443; 3000; 3306; 5432; 6379; 8000; 8080; 8443; 9000; 9090; 25; 53; 21",
    "ver": "1.0; 1.2; 2.0; 2.1; 3.0; 3.5; 4.0; 4.2; 5.0; 5.1; 6.0; 7.2; 10.0; 11.4",
    "func": """
        parse_config(); load_users(); get_total(); send_email(); merge_dicts(); read_lines(); save_state(); connect();
        fetchData(); renderList(); handleClick(); os.walk(); json.loads(); re.sub(); subprocess.run();
        asyncio.gather()
    """,
    "table": "orders; customers; invoices; users; products; payments; sessions; tickets; employees; subscriptions",
    "when": """
        in 2019; in 2020; in 2021; in 2022; in 2023; today; yesterday; this week; last week; this month; last month;
        before 2020; after 2020; in the last 7 days; in the last 30 days; in January; in June
    """,
    "service": """
        postgres; nginx; redis; sshd; cron; rabbitmq; mysql; elasticsearch; the billing service; the auth service;
        grafana; vault
    """,
    "host": "web-1; web-2; db-1; db-2; the staging server; the production server; node7; my laptop; host-a; host-b",
    "algorithm": """
        quicksort; merge sort; binary search; breadth-first search; depth-first search; Dijkstra's algorithm;
        bubble sort; heap sort; k-means; A*; insertion sort; radix sort; linear search
    """,
    "file": """
        config.yaml; settings.json; .env; docker-compose.yml; package.json; requirements.txt; server.log;
        backup.tar.gz; main.py; index.html; data.csv; report.pdf; nginx.conf; Makefile; id_rsa; users.db
    """,
    "dish": """
        lasagne; pancakes; curry; chili; pumpkin soup; apple pie; brownies; risotto; tacos; meatballs; banana bread;
        quiche; paella; stir fry; carrot cake; cheesecake; waffles; ramen; hummus; goulash
    """,
    "role": """
        landlord; boss; neighbour; tenant; teacher; bank; doctor; insurance company; roommate; employee; lawyer;
        employer; client
    """,
    "act": """
        raise the rent; end the contract; enter my flat; change the locks; reduce my pay; keep my deposit;
        read my mail; cancel the agreement
    """,
    "wrong": """
        discrimination; noise; fraud; harassment; negligence; unpaid wages; property damage; breach of contract;
        defamation
    """,
    "vice": """
        gambling; cannabis; open carry; fireworks; euthanasia; polygamy; home distilling; hitchhiking; online poker
    """,
    "concept": """
        photosynthesis; gravity; inflation; the water cycle; fractions; evolution; electricity; magnetism; democracy;
        osmosis; plate tectonics; radioactivity; natural selection; entropy; mitosis; relativity; supply and demand;
        penicillin
    """,
    "grade": "first-grade; third-grade; fifth-grade; eighth-grade; tenth-grade; university; kindergarten",
    "invention": """
        telephone; light bulb; steam engine; printing press; bicycle; aeroplane; microscope; telescope; radio;
        transistor; zipper; refrigerator; dynamite; typewriter; thermometer; parachute; elevator; barometer
    """,
    "league": """
        World Cup; Champions League; Super Bowl; NBA finals; Europa League; Stanley Cup; World Series; Copa America;
        Rugby World Cup
    """,
    "year": "1990; 1994; 1998; 2002; 2006; 2008; 2010; 2012; 2014; 2015; 2016; 2017; 2018; 2019; 2021; 2022",
    "phrase": """
        good morning; thank you; I am hungry; where is the station; see you tomorrow; I love you; how much is this;
        excuse me; good luck
    """,
    "mailact": """
        ask for a raise; ask for a day off; say that I am ill; decline an invitation; accept an invitation;
        complain about noise; apologise for being late; ask for a refund; resign; request a meeting; cancel a meeting;
        say thank you
    """,
    "hour": """
        6 am; 7 am; 8 am; 9 am; 10 am; noon; 1 pm; 3 pm; 5 pm; 6 pm; 7 pm; 8 pm; 9 pm; 6:30 am; 7:15 am; 8:45 pm
    """,
    "animal_s": """
        dogs; cats; rabbits; horses; hamsters; pigs; goats; parrots; turtles; chickens; deer; foxes; squirrels;
        hedgehogs; snakes
    """,
    "product_s": """
        shoes; laptops; books; headphones; furniture; glasses; watches; jackets; phones; mattresses; toys; bicycles;
        cameras
    """,
    "stain": "wine; coffee; grass; blood; ink; oil; chocolate; tomato; sweat; rust",
    "plant": """
        basil; lavender; tomatoes; an orchid; a cactus; roses; strawberries; a bonsai; an avocado tree; tulips; mint;
        a lemon tree; ivy
    """,
    "move": "run; climb stairs; bend down; lift weights; sit; lie down; walk; swim; cough; stretch",
    "money_loan": "mortgage; car loan; student loan; personal loan; business loan",
    "branch": "main; develop; release; hotfix; feature/login; feature/search; staging; gh-pages; experiment; v2",
    "team": """
        Arsenal; Chelsea; Liverpool; Barcelona; Real Madrid; Juventus; the Lakers; the Celtics; the Bulls; Ajax;
        Benfica; Celtic
    """,
    "acct": "checking account; savings account; business account; joint account; brokerage account; credit card",
}

"""Things that can stand in each other's place in a question: names by type, and common nouns by class.

Entries are separated by ``;``; the names of one thing by ``|``. Two entries of one type never mean the same, so that
putting one in the place of another always asks for something else. An entry is found as it is written, upper or lower.
"""

from __future__ import annotations

NAMES: dict[str, str] = {
    "country": """
        India; China; Japan; Germany; France; Italy; Spain; Canada; Australia; Brazil; Mexico; Russia; Pakistan;
        Turkey; Egypt; Nigeria; Kenya; South Africa; Sweden; Norway; Denmark; Finland; Poland; Ireland; Portugal;
        Greece; Austria; Switzerland; Belgium; the Netherlands|Holland; Argentina; Chile; Colombia; Peru; Thailand;
        Vietnam; Indonesia; Malaysia; Singapore; the Philippines; South Korea; North Korea; Iran; Iraq; Israel;
        Saudi Arabia; Bangladesh; Sri Lanka; Nepal; Afghanistan; New Zealand; Ukraine; Hungary; Romania; Cuba; Syria;
        Morocco; Ethiopia; Ghana; Taiwan; Qatar; Croatia; Bulgaria; Iceland; Estonia; Jamaica; Bolivia; Ecuador;
        Uruguay
    """,
    "anglo": """
        the US|the USA|the United States|America; the UK|the United Kingdom|Britain|Great Britain; Canada; Australia;
        New Zealand; Ireland; Germany; India; Singapore
    """,
    "city": """
        Paris; London; Berlin; Madrid; Rome; Tokyo; Beijing; Shanghai; Moscow; Sydney; Melbourne; Toronto; Vancouver;
        Chicago; Boston; Seattle; Houston; Dallas; Austin; Miami; Denver; Atlanta; San Francisco|SF; Los Angeles|LA;
        New York City|NYC; Philadelphia; Mumbai|Bombay; Delhi; Bangalore|Bengaluru; Hyderabad; Chennai|Madras; Pune;
        Kolkata|Calcutta; Jaipur; Ahmedabad; Lucknow; Dubai; Istanbul; Cairo; Lagos; Nairobi; Lisbon; Vienna; Prague;
        Warsaw; Budapest; Amsterdam; Brussels; Zurich; Munich; Hamburg; Milan; Barcelona; Dublin; Edinburgh;
        Manchester; Oslo; Stockholm; Helsinki; Copenhagen; Seoul; Bangkok; Hanoi; Jakarta; Manila; Karachi; Lahore;
        Dhaka; Athens
    """,
    "state": """
        California; Texas; Florida; Ohio; Michigan; Illinois; Virginia; Arizona; Colorado; Oregon; Nevada; Utah;
        Alaska; Hawaii; Kerala; Gujarat; Punjab; Rajasthan; Bihar; Tamil Nadu; Karnataka; Maharashtra; Kashmir; Goa;
        Bavaria; Quebec; Ontario; Queensland; Scotland; Wales; Minnesota; Wisconsin; Tennessee; Kentucky; Louisiana
    """,
    "nationality": """
        Indian; Chinese; Japanese; German; French; Italian; Spanish; Russian; American; British; Canadian; Australian;
        Brazilian; Mexican; Pakistani; Turkish; Egyptian; Swedish; Norwegian; Polish; Irish; Greek; Korean; Iranian;
        Israeli; Portuguese; Dutch; Nigerian; Thai; Vietnamese; Indonesian; Finnish; Danish; Hungarian
    """,
    "language": """
        English; French; Spanish; German; Italian; Portuguese; Hindi; Tamil; Telugu; Urdu; Bengali; Marathi; Mandarin;
        Japanese; Korean; Arabic; Russian; Polish; Turkish; Dutch; Swedish; Greek; Hebrew; Latin; Sanskrit
    """,
    "person": """
        Donald Trump|Trump; Hillary Clinton|Hillary; Barack Obama|Obama; Narendra Modi|Modi; Vladimir Putin|Putin;
        Bernie Sanders; George Bush; Bill Clinton; Ronald Reagan; John F. Kennedy|JFK; Abraham Lincoln; Angela Merkel;
        Mahatma Gandhi|Gandhi; Jawaharlal Nehru|Nehru; Arvind Kejriwal|Kejriwal; Rahul Gandhi; Theresa May; Hitler;
        Stalin; Churchill; Napoleon; Albert Einstein|Einstein; Isaac Newton|Newton; Stephen Hawking; Nikola Tesla;
        Thomas Edison; Charles Darwin|Darwin; Marie Curie; Galileo; Steve Jobs; Bill Gates; Elon Musk;
        Mark Zuckerberg; Jeff Bezos; Warren Buffett; Shakespeare; Charles Dickens; J.K. Rowling; Stephen King;
        Leo Tolstoy; Mozart; Beethoven; Michael Jackson; Taylor Swift; Justin Bieber; Shah Rukh Khan|SRK; Salman Khan;
        Aamir Khan; Sachin Tendulkar|Sachin; Virat Kohli|Kohli; MS Dhoni|Dhoni; Cristiano Ronaldo|Ronaldo;
        Lionel Messi|Messi; Roger Federer|Federer; Rafael Nadal|Nadal; Usain Bolt; Michael Jordan; LeBron James;
        Tom Hanks; Brad Pitt; Leonardo DiCaprio; Jennifer Lawrence; Christopher Nolan; Quentin Tarantino; Plato;
        Aristotle; Socrates; Nietzsche
    """,
    "site": """
        Google; Facebook; Twitter; LinkedIn; Snapchat; Instagram; WhatsApp; YouTube; Quora; Reddit; Wikipedia; Yahoo;
        Skype; Telegram; Pinterest; Tumblr; Tinder; Netflix; Spotify; Medium; TikTok; Twitch
    """,
    "shop": "Amazon; eBay; Flipkart; Snapdeal; Walmart; Etsy; Alibaba; IKEA; Target; Costco; Best Buy",
    "firm": """
        Microsoft; Apple; Tesla; Samsung; Sony; Nokia; Intel; IBM; Oracle; Cisco; Adobe; Infosys; TCS; Wipro;
        Accenture; Deloitte; Goldman Sachs; Uber; Airbnb; Ola; Nike; Adidas; Starbucks; McDonald's; Dropbox; Slack;
        Shopify; Nvidia
    """,
    "carmaker": "Toyota; Honda; BMW; Mercedes; Audi; Volkswagen; Ford; Hyundai; Nissan; Mazda; Kia; Volvo",
    "payer": "PayPal; Paytm; Stripe; Venmo; Square; HDFC; SBI; ICICI; Axis Bank; Wells Fargo; Barclays; HSBC",
    "carrier": "Verizon; Comcast; AT&T; T-Mobile; Airtel; Jio; Vodafone",
    "product": """
        iPhone; iPad; MacBook; Apple Watch; PlayStation; Xbox; Nintendo Switch; Kindle; Chromecast; Raspberry Pi;
        Arduino; Fitbit; GoPro; Galaxy Note; OnePlus; Pixel; Alexa; Siri; Photoshop; Illustrator; Excel; PowerPoint;
        Outlook; Gmail; Google Maps; Google Drive; iCloud; OneDrive; Chrome; Firefox; Safari; WordPress; Wix; Blogger
    """,
    "os": "Windows; macOS; Linux; Ubuntu; Android; iOS; Debian; Fedora; ChromeOS; FreeBSD; Windows Server; Red Hat",
    "lang": """
        Python; JavaScript|JS; Java; C++; C#; Ruby; PHP; Kotlin; Scala; Perl; TypeScript|TS; Haskell; Rust; MATLAB;
        Lua; Elixir; Clojure; Objective-C; Fortran; COBOL; PowerShell; Dart; Julia
    """,
    "library": """
        Django; Flask; React|React.js|ReactJS; Angular|AngularJS; Vue|Vue.js; Spring Boot; Laravel; Ruby on Rails;
        Express; pandas; NumPy; TensorFlow; PyTorch; scikit-learn; jQuery; Node.js; ASP.NET; FastAPI; Svelte;
        Bootstrap; Hibernate; Unity; Keras; matplotlib
    """,
    "database": """
        MySQL; PostgreSQL|Postgres; SQLite; MongoDB|Mongo; Redis; Cassandra; MariaDB; DynamoDB; BigQuery; Snowflake;
        SQL Server|MSSQL; Elasticsearch; ClickHouse; Neo4j
    """,
    "tool": """
        Docker; Kubernetes|k8s; Terraform; Ansible; Jenkins; Git; Nginx; Apache; Kafka; RabbitMQ; Grafana; Prometheus;
        Helm; GitLab; GitHub; Bitbucket; Jira; Vagrant; Puppet; Webpack; Maven; Gradle; npm; yarn; pip; Airflow; Spark
    """,
    "cloud": "AWS; Azure; Google Cloud|GCP; Heroku; DigitalOcean; Oracle Cloud; Linode; Cloudflare",
    "fileformat": "JSON; CSV; XML; YAML; PDF; Markdown; HTML; Parquet; TOML; Word; PNG; SVG; MP3; MP4; ZIP",
    "currency": """
        dollars; euros; pounds sterling; rupees; yen; yuan; pesos; Swiss francs; Canadian dollars; Australian dollars;
        rubles; krona; dirhams; bitcoin
    """,
    "exam": "GRE; GMAT; SAT; TOEFL; IELTS; CAT; GATE; UPSC; JEE; NEET; LSAT; MCAT; CFA; SSC CGL; IBPS; CLAT",
    "degree": "MBA; PhD; MS; BSc; BTech|B.Tech; MTech|M.Tech; MBBS; LLB; BBA; MCA; BA; CA",
    "university": """
        MIT; Harvard; Stanford; Oxford; Cambridge; Yale; Princeton; Berkeley; UCLA; Cornell; IIT Bombay; IIT Delhi;
        IIT Madras; IIM Ahmedabad; BITS Pilani; NIT Trichy; Caltech; Columbia University; Duke; VIT; DTU; NYU
    """,
    "planet": "Mars; Venus; Jupiter; Saturn; Mercury; Neptune; Uranus; Pluto; the Moon; the Sun",
    "religion": "Hinduism; Christianity; Islam; Buddhism; Judaism; Sikhism; Jainism; Taoism; Zoroastrianism",
    "believer": "Hindu; Christian; Muslim; Buddhist; Jewish; Sikh; atheist; Catholic",
    "believers": "Hindus; Christians; Muslims; Buddhists; Jews; Sikhs; atheists; Catholics",
    "series": """
        Game of Thrones; Breaking Bad; Friends; The Big Bang Theory; Sherlock; House of Cards; Star Wars; Star Trek;
        Harry Potter; The Lord of the Rings; The Matrix; Inception; Titanic; Avatar; Naruto; Dragon Ball; One Piece;
        Death Note; The Walking Dead; Westworld; Stranger Things; Baahubali; Dangal; The Dark Knight; Interstellar
    """,
    "hero": """
        Batman; Superman; Spider-Man; Iron Man; Hulk; Thor; Captain America; Deadpool; Wolverine; the Joker; the Flash
    """,
    "weekday": "Monday; Tuesday; Wednesday; Thursday; Friday; Saturday; Sunday",
    "month": "January; February; April; June; July; August; September; October; November; December",
    "festival": "Christmas; Easter; Diwali; Holi; Eid; Ramadan; Thanksgiving; Halloween; New Year's Eve; Hanukkah",
    "continent": "Europe; Asia; Africa; South America; North America; Antarctica; Oceania",
    "war": """
        World War I|World War 1|WWI|WW1; World War II|World War 2|WWII|WW2; the Cold War; the Vietnam War;
        the Korean War
    """,
    "party": "the Democrats; the Republicans; BJP; Congress; AAP; Labour; the Conservatives; the Greens",
    "length": """
        kilometres|kilometers|km; miles; inches; centimetres|centimeters|cm; metres|meters; feet; yards;
        millimetres|mm
    """,
    "weight": "kilograms|kg|kgs; grams; ounces; tonnes|tons; pounds|lbs; milligrams|mg",
    "volume": "litres|liters; gallons; millilitres|ml; pints; cups; teaspoons; tablespoons",
    "duration": "hours|hrs; minutes|mins; seconds|secs; days; weeks; months; years",
    "bytes": "MB|megabytes; GB|gigabytes; TB|terabytes; KB|kilobytes",
}

NOUNS: dict[str, str] = {
    "animal": """
        dog; cat; horse; cow; goat; sheep; pig; rabbit; lion; tiger; elephant; wolf; fox; monkey; snake; spider;
        shark; whale; dolphin; octopus; parrot; pigeon; eagle; owl; hamster; turtle; crocodile; mosquito; cockroach;
        bee; butterfly; kitten; puppy; chicken; frog; lizard; penguin; giraffe; camel
    """,
    "food": """
        rice; bread; pasta; pizza; cheese; butter; yoghurt|yogurt; honey; chocolate; garlic; onion; tomato; potato;
        carrot; spinach; broccoli; mushroom; egg; tofu; salmon; tuna; shrimp|prawn; beef; pork; bacon; lamb; lentil;
        chickpea; almond; peanut; walnut; coconut; avocado; lemon; banana; mango; pineapple; strawberry; watermelon;
        papaya; quinoa; oatmeal; ice cream; mayonnaise; ketchup; vinegar; ginger; turmeric; cinnamon
    """,
    "drink": """
        coffee; green tea; milk; beer; wine; vodka; whiskey|whisky; rum; orange juice; lemonade; soda; smoothie;
        coconut water; hot chocolate; protein shake
    """,
    "sport": """
        football; basketball; tennis; badminton; hockey; baseball; volleyball; golf; boxing; swimming; rugby; chess;
        table tennis; yoga; cycling; karate; judo; skiing; surfing; gymnastics; wrestling; squash
    """,
    "body": """
        knee; shoulder; elbow; ankle; wrist; neck; stomach; liver; kidney; lung; tooth; throat; nose; ear; thumb;
        eyelid; scalp; forehead; thigh; pancreas; thyroid; spine
    """,
    "disease": """
        diabetes; asthma; cancer; malaria; dengue; tuberculosis; depression; schizophrenia; autism; dementia;
        arthritis; migraine; acne; eczema; psoriasis; anaemia|anemia; pneumonia; hepatitis; HIV; insomnia; anxiety;
        epilepsy; gout; bipolar disorder; hypothyroidism; high blood pressure; high cholesterol; dandruff;
        constipation; diarrhea|diarrhoea; influenza; measles; chickenpox
    """,
    "drug": """
        ibuprofen|Advil; paracetamol|acetaminophen|Tylenol; aspirin; amoxicillin; metformin; insulin; melatonin;
        Prozac; Xanax; Adderall; Viagra; morphine; antibiotics; antidepressants; creatine; steroids;
        marijuana|cannabis|weed; cocaine; LSD; heroin; naproxen; omeprazole; prednisone; vitamin C; vitamin D;
        vitamin B12
    """,
    "subject": """
        mathematics|math|maths; physics; chemistry; biology; history; geography; economics; philosophy; psychology;
        sociology; medicine; accounting; statistics; astronomy; linguistics; literature; computer science;
        mechanical engineering; civil engineering; electrical engineering; aerospace engineering;
        chemical engineering; finance; marketing; machine learning; data science; cyber security; graphic design;
        architecture; nursing
    """,
    "job": """
        doctor; lawyer; teacher; engineer; nurse; dentist; pharmacist; architect; accountant; plumber; electrician;
        pilot; journalist; actor; singer; scientist; programmer; data scientist; software engineer; product manager;
        chef; farmer; soldier; police officer; firefighter; psychologist; economist; photographer; translator;
        veterinarian|vet; surgeon; cardiologist; dermatologist; mechanic; barber; librarian; investment banker;
        civil engineer; fashion designer
    """,
    "device": """
        laptop; tablet; printer; router; keyboard; webcam; smartwatch; headphones; microphone; projector; scanner;
        digital camera; graphics card; hard drive; monitor; speaker; television|TV; refrigerator|fridge; microwave;
        oven; washing machine; dishwasher; air conditioner; vacuum cleaner; drone; game console; power bank;
        thermostat
    """,
    "vehicle": """
        car; motorcycle|motorbike; bicycle; bus; truck|lorry; boat; scooter; helicopter; tractor; submarine;
        electric car; van; tram; taxi
    """,
    "instrument": """
        guitar; piano; violin; flute; drum; saxophone; trumpet; cello; ukulele; harmonica; clarinet; harp
    """,
    "kin": """
        mother|mom|mum; father|dad; brother; sister; son; daughter; uncle; aunt; cousin; grandmother; grandfather;
        husband; wife; boyfriend; girlfriend; mother-in-law; best friend; roommate|flatmate; neighbour|neighbor;
        nephew; niece
    """,
    "colour": "red; blue; green; yellow; purple; pink; brown; grey|gray; turquoise",
    "metal": "gold; silver; copper; iron; aluminium|aluminum; titanium; platinum; zinc; nickel; uranium; steel",
    "element": """
        hydrogen; oxygen; nitrogen; carbon; helium; chlorine; sodium; potassium; calcium; sulphur|sulfur; phosphorus
    """,
    "room": "kitchen; bathroom; bedroom; living room; garage; basement; attic; balcony; hallway; garden",
    "garment": """
        shirt; jacket; dress; skirt; sweater|jumper; coat; hat; glove; sock; boot; suit; scarf; pair of jeans
    """,
    "document": """
        passport; driving licence|driver's license; birth certificate; visa; resume|CV; cover letter; PAN card;
        Aadhaar card; bank statement; invoice; voter ID; tax return; business plan; contract; rental agreement
    """,
    "emotion": "anger; fear; jealousy; happiness; sadness; shame; guilt; pride; loneliness; boredom; stress; grief",
    "season": "summer; winter; autumn; spring; monsoon",
    "crime": "murder; theft; fraud; kidnapping; robbery; blackmail; arson; bribery; forgery; perjury",
    "money": """
        credit card; debit card; mortgage; student loan; savings account; current account; mutual fund; pension;
        fixed deposit
    """,
    "place": """
        airport; train station; hotel; restaurant; hospital; museum; supermarket; gym; beach; cinema; pharmacy;
        post office; swimming pool; zoo; stadium; bookshop|bookstore; bank branch; petrol station|gas station
    """,
    "school": """
        primary school; high school; college; kindergarten; medical school; law school; boarding school;
        business school
    """,
    "science": """
        black hole; neutron star; galaxy; comet; asteroid; electron; proton; neutron; photon; quark; atom; molecule
    """,
    "software": """
        spreadsheet; web browser; text editor; firewall; antivirus; operating system; video game; mobile app; website;
        compiler; search engine; chatbot; spam filter; password manager; screen recorder; media player
    """,
    "structure": "linked list; hash map; binary tree; queue; array; graph; trie; tuple; dictionary",
    "art": """
        painting; sculpture; poem; novel; short story; song; photograph; documentary; comic book; essay; speech
    """,
}

"""The word lists behind Postman's dynamic variables.

Knows words. Must not know how a value is put together from them; that is
`dynamic`. Names of people, places and currencies are not here: they come from
Faker.
"""


def _words(text: str) -> tuple[str, ...]:
    """The words in `text`, which are separated by spaces."""
    return tuple(text.split())


def _phrases(text: str) -> tuple[str, ...]:
    """The phrases in `text`, which are separated by commas."""
    return tuple(phrase.strip() for phrase in text.split(","))


ABBREVIATIONS = _words(
    "API CPU CSS CSV DNS FTP GPU GUI HTML HTTP IP JSON JWT LAN PCI PNG RAM REST RSS SDK SMTP "
    "SQL SSD SSH SSL TCP TLS UDP URL USB UUID VPN XML YAML"
)
HACKER_ADJECTIVES = _phrases(
    "auxiliary, back-end, bluetooth, cross-platform, digital, encrypted, front-end, haptic, "
    "idle, mobile, multi-threaded, neural, offline, online, open-source, optical, redundant, "
    "remote, solid state, stateless, virtual, wireless"
)
HACKER_NOUNS = _phrases(
    "alarm, array, bandwidth, bus, cache, capacitor, card, circuit, driver, feed, firewall, "
    "gateway, hard drive, interface, kernel, matrix, microchip, monitor, packet, panel, pixel, "
    "port, program, protocol, queue, router, sensor, socket, system, transmitter"
)
HACKER_VERBS = _phrases(
    "back up, bypass, calculate, compile, compress, connect, copy, decode, deploy, encrypt, "
    "generate, hack, index, input, navigate, override, parse, quantify, reboot, reset, route, "
    "scan, synthesize, transmit"
)
HACKER_ING_VERBS = _phrases(
    "backing up, bypassing, calculating, compiling, compressing, connecting, copying, decoding, "
    "deploying, encrypting, generating, hacking, indexing, navigating, overriding, parsing, "
    "quantifying, rebooting, resetting, routing, scanning, synthesizing, transmitting"
)
HACKER_PHRASES = (
    "If we {verb} the {noun}, the {adjective} {abbreviation} {noun_2} will follow!",
    "Try to {verb} the {abbreviation} {noun}, maybe it will {verb_2} the {adjective} {noun_2}!",
    "Nobody can {verb} the {noun} without {ing_verb} the {adjective} {abbreviation} {noun_2}!",
    "I'll {verb} the {adjective} {abbreviation} {noun}, then we {verb_2} its {noun_2}!",
    "The {abbreviation} {noun} is down, {verb} the {adjective} {noun_2} at once!",
    "{ing_verb} the {noun} gains nothing, we have to {verb} the {adjective} {abbreviation} "
    "{noun_2}!",
)

CATCH_ADJECTIVES = _phrases(
    "Adaptive, Automated, Balanced, Business-focused, Centralized, Compatible, Customizable, "
    "Decentralized, Distributed, Down-sized, Enhanced, Ergonomic, Face to face, Focused, "
    "Future-proofed, Integrated, Inverse, Managed, Multi-layered, Networked, Optimized, "
    "Organized, Phased, Reactive, Robust, Seamless, Secured, Self-enabling, Stand-alone, "
    "Streamlined, Synergized, Universal, User-friendly, Versatile"
)
CATCH_DESCRIPTORS = _phrases(
    "3rd generation, 24 hour, asynchronous, bandwidth-monitored, client-driven, coherent, "
    "composite, context-sensitive, contextually-based, dedicated, demand-driven, discrete, "
    "dynamic, encompassing, executive, fault-tolerant, global, heuristic, holistic, homogeneous, "
    "human-resource, hybrid, intermediate, local, logistical, mobile, modular, needs-based, "
    "neutral, next generation, non-volatile, radical, real-time, scalable, stable, systematic, "
    "tangible, transitional, zero tolerance"
)
CATCH_NOUNS = _phrases(
    "ability, access, adapter, algorithm, alliance, analyzer, application, approach, archive, "
    "capability, challenge, collaboration, core, customer loyalty, data-warehouse, encoding, "
    "extranet, forecast, framework, functionality, groupware, hardware, help-desk, hub, "
    "initiative, installation, instruction set, knowledge base, methodology, middleware, model, "
    "monitoring, open architecture, parallelism, policy, portal, projection, protocol, "
    "secured line, service-desk, software, strategy, superstructure, throughput, toolset, website"
)
BS_ADJECTIVES = _phrases(
    "24/7, 24/365, back-end, best-of-breed, bleeding-edge, clicks-and-mortar, collaborative, "
    "compelling, cross-media, cross-platform, customized, cutting-edge, distributed, dynamic, "
    "efficient, end-to-end, enterprise, extensible, frictionless, front-end, global, granular, "
    "holistic, impactful, innovative, interactive, killer, magnetic, mission-critical, "
    "one-to-one, open-source, plug-and-play, proactive, real-time, revolutionary, robust, "
    "scalable, seamless, sticky, strategic, transparent, turn-key, ubiquitous, user-centric, "
    "value-added, vertical, viral, virtual, visionary, world-class"
)
BS_VERBS = _phrases(
    "aggregate, architect, benchmark, brand, cultivate, deliver, deploy, disintermediate, drive, "
    "embrace, empower, enable, engage, engineer, enhance, evolve, expedite, exploit, extend, "
    "facilitate, generate, grow, harness, implement, incentivize, incubate, innovate, integrate, "
    "iterate, leverage, matrix, maximize, mesh, monetize, morph, optimize, orchestrate, "
    "productize, recontextualize, redefine, reinvent, repurpose, revolutionize, scale, seize, "
    "streamline, synergize, syndicate, target, transform, transition, unleash, utilize, visualize"
)
BS_NOUNS = _phrases(
    "action-items, applications, architectures, bandwidth, channels, communities, content, "
    "convergence, deliverables, e-business, e-commerce, e-markets, e-services, experiences, "
    "eyeballs, functionalities, infrastructures, initiatives, interfaces, markets, methodologies, "
    "metrics, mindshare, models, networks, niches, paradigms, partnerships, platforms, portals, "
    "relationships, schemas, solutions, supply-chains, synergies, systems, technologies, users, "
    "vortals, web-readiness"
)

COMPANY_SUFFIXES = ("Inc", "LLC", "Group", "and Sons")
DEPARTMENTS = _phrases(
    "Automotive, Baby, Beauty, Books, Clothing, Computers, Electronics, Games, Garden, Grocery, "
    "Health, Home, Industrial, Jewelry, Kids, Movies, Music, Outdoors, Shoes, Sports, Tools, Toys"
)
PRODUCT_ADJECTIVES = _phrases(
    "Awesome, Elegant, Ergonomic, Fantastic, Generic, Gorgeous, Handcrafted, Handmade, "
    "Incredible, Intelligent, Licensed, Luxurious, Modern, Practical, Refined, Rustic, Sleek, "
    "Small, Tasty, Unbranded"
)
PRODUCT_MATERIALS = _phrases(
    "Bamboo, Bronze, Concrete, Cotton, Fresh, Frozen, Granite, Leather, Metal, Plastic, Rubber, "
    "Soft, Steel, Wooden"
)
PRODUCTS = _phrases(
    "Bacon, Ball, Bike, Car, Chair, Cheese, Chicken, Chips, Computer, Fish, Gloves, Hat, "
    "Keyboard, Lamp, Mouse, Pants, Pizza, Salad, Sausages, Shirt, Shoes, Soap, Table, Towels, Tuna"
)
COLORS = _words(
    "azure black blue coral cyan fuchsia gold green grey indigo ivory lavender lime magenta "
    "maroon olive orange orchid pink plum purple red salmon silver tan teal turquoise violet "
    "white yellow"
)

DATABASE_COLUMNS = _words(
    "id title name email phone token group category password comment avatar status createdAt "
    "updatedAt"
)
DATABASE_TYPES = _words(
    "int varchar text date datetime tinyint time timestamp smallint serial bigint decimal float "
    "real double boolean bit blob binary enum set geometry point"
)
DATABASE_COLLATIONS = _words(
    "utf8_unicode_ci utf8_general_ci utf8_bin ascii_bin ascii_general_ci cp1250_bin "
    "cp1250_general_ci latin1_swedish_ci"
)
DATABASE_ENGINES = _words("InnoDB MyISAM MEMORY CSV BLACKHOLE ARCHIVE")

ACCOUNT_NAMES = _phrases(
    "Auto Loan, Checking, Credit Card, Home Loan, Investment, Money Market, Personal Loan, Savings"
)
TRANSACTION_TYPES = _words("deposit invoice payment withdrawal")

JOB_DESCRIPTORS = _words(
    "Central Chief Corporate Customer Direct District Dynamic Forward Future Global Human "
    "Internal International Investor Lead Legacy National Principal Product Regional "
    "Senior"
)
JOB_AREAS = _words(
    "Accountability Accounts Applications Assurance Brand Branding Communications Configuration "
    "Creative Data Directives Division Factors Functionality Group Identity Implementation "
    "Infrastructure Integration Interactions Intranet Marketing Markets Metrics Mobility "
    "Operations Optimization Paradigm Program Quality Research Response Security Solutions "
    "Tactics Usability Web"
)
JOB_TYPES = _words(
    "Administrator Agent Analyst Architect Assistant Associate Consultant Coordinator Designer "
    "Developer Director Engineer Executive Facilitator Liaison Manager Officer Orchestrator "
    "Planner Producer Representative Specialist Strategist Supervisor Technician"
)
NAME_PREFIXES = ("Mr.", "Mrs.", "Ms.", "Miss", "Dr.")
NAME_SUFFIXES = ("Jr.", "Sr.", "I", "II", "III", "IV", "V", "MD", "DDS", "PhD", "DVM")

LOREM = _words(
    "a ab accusamus accusantium ad alias aliquam amet animi aperiam architecto asperiores "
    "aspernatur at atque aut autem beatae blanditiis commodi consectetur consequatur corporis "
    "corrupti culpa cum cupiditate debitis delectus deleniti deserunt dicta dignissimos dolor "
    "dolore dolorem doloremque dolores dolorum ducimus ea eaque eius eligendi enim eos error est "
    "et eum eveniet ex excepturi exercitationem expedita explicabo facere facilis fuga fugiat "
    "fugit harum hic id illo illum impedit in incidunt inventore ipsa ipsam ipsum iste itaque iure "
    "iusto labore laboriosam laborum laudantium libero magnam magni maiores maxime minima minus "
    "modi molestiae mollitia nam natus necessitatibus nemo neque nesciunt nihil nisi nobis non "
    "nostrum nulla numquam occaecati odio odit officia omnis optio pariatur perferendis "
    "perspiciatis placeat porro possimus praesentium provident quae quaerat quam quas quasi qui "
    "quia quibusdam quidem quis quo quod quos ratione recusandae reiciendis rem repellat "
    "repellendus rerum saepe sapiente sed sequi similique sint sit soluta sunt suscipit tempora "
    "tempore temporibus tenetur totam ullam unde ut vel velit veniam veritatis vero vitae voluptas "
    "voluptate voluptatem voluptatum"
)

LANGUAGES = _words(
    "aa ab af ak am ar as ay az ba be bg bn bo br bs ca ce co cs cv cy da de dz ee el en eo es et "
    "eu fa fi fj fo fr fy ga gd gl gn gu gv ha he hi hr ht hu hy id ig is it iu ja jv ka kk kl km "
    "kn ko ku kw ky la lb lg ln lo lt lu lv mg mi mk ml mn mr ms mt my nb ne nl nn no nv ny oc om "
    "or os pa pl ps pt qu rm rn ro ru rw sa sc sd se sg si sk sl sm sn so sq sr ss st su sv sw ta "
    "te tg th ti tk tl tn to tr ts tt tw ty ug uk ur uz ve vi wa wo xh yi yo za zh zu"
)
"""ISO 639-1 codes."""

NUMERIC_IBANS = {
    "AT": 16, "BE": 12, "CZ": 20, "DE": 18, "DK": 14, "EE": 16, "ES": 20, "FI": 14, "HR": 17,
    "HU": 24, "LT": 16, "NO": 11, "PL": 24, "PT": 21, "SE": 20, "SI": 15, "SK": 20,
}  # fmt: skip
"""Countries whose account numbers are all digits, and how many follow the check digits."""

DIRECTORIES = _words(
    "/bin /boot /dev /etc /etc/cron.d /etc/ssl /etc/ssl/certs /home /home/user /home/user/bin "
    "/home/user/documents /lib /media /mnt /opt /opt/bin /opt/share /private/tmp /private/var "
    "/proc /root /sbin /srv /srv/www /sys /tmp /usr /usr/bin /usr/include /usr/lib /usr/local "
    "/usr/local/bin /usr/local/share /usr/sbin /usr/share /usr/src /var /var/cache /var/lib "
    "/var/log /var/mail /var/spool /var/tmp"
)
COMMON_EXTENSIONS = _words(
    "gif htm html jpeg jpg m1v m2a m2v mp2 mp3 mp4 mpeg mpg pdf png shtml wav"
)
EXTENSIONS = COMMON_EXTENSIONS + _words(
    "7z aac avi bin bmp bz2 c cpp css csv deb dmg doc docx dot eot epub exe flac flv gz h ico ics "
    "iso jar java js json key log m4a mid mkv mov odp ods odt ogg otf pkg pl pot ppt pptx ps psd "
    "py rar rb rpm rss rtf sh sql svg swf tar tex tgz tiff torrent ttf txt vcf war webm webp "
    "woff woff2 xhtml xls xlsx xml yaml zip"
)
COMMON_FILE_TYPES = _words("application audio image text video")
FILE_TYPES = COMMON_FILE_TYPES + _words("font message model multipart")
MIME_TYPES = _words(
    "application/epub+zip application/gzip application/java-archive application/javascript "
    "application/json application/ld+json application/msword application/octet-stream "
    "application/pdf application/rtf application/sql application/vnd.api+json "
    "application/vnd.ms-excel application/vnd.ms-powerpoint application/x-sh application/x-tar "
    "application/x-www-form-urlencoded application/xhtml+xml application/xml application/zip "
    "audio/aac audio/midi audio/mp4 audio/mpeg audio/ogg audio/wav audio/webm font/otf font/ttf "
    "font/woff font/woff2 image/avif image/bmp image/gif image/jpeg image/png image/svg+xml "
    "image/tiff image/webp message/http message/rfc822 model/gltf+json model/stl "
    "multipart/form-data multipart/mixed text/calendar text/css text/csv text/html text/markdown "
    "text/plain text/vcard text/xml video/mp4 video/mpeg video/ogg video/quicktime "
    "video/webm video/x-msvideo"
)

DOMAIN_SUFFIXES = _words("com biz info name net org")
MAIL_DOMAINS = ("gmail.com", "yahoo.com", "hotmail.com")
PLATFORMS = (
    "Windows NT 10.0; Win64; x64",
    "Macintosh; Intel Mac OS X 10_15_7",
    "X11; Linux x86_64",
    "X11; Ubuntu; Linux x86_64",
)

MONTHS = _words(
    "January February March April May June July August September October November December"
)
WEEKDAYS = _words("Monday Tuesday Wednesday Thursday Friday Saturday Sunday")

WORDS = HACKER_ADJECTIVES + HACKER_NOUNS + CATCH_NOUNS + JOB_AREAS + PRODUCTS + COLORS
"""What `$randomWord` draws from: anything that can stand as a word."""

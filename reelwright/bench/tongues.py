"""Words in many scripts for the bench of legibility: what a clip is about, its title, its lines."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Tongue:
    """How people write in one language: nouns, titles from short to long, lines, and a brief."""

    locale: str
    about: tuple[str, ...]
    titles: tuple[str, ...]
    lines: tuple[str, ...]
    brief: str


TONGUES = (
    Tongue(
        "en",
        ("coffee", "baking", "kitchens"),
        (
            "Go",
            "Coffee, up close",
            "Harbour, before the city wakes",
            "What the baker knows & nobody tells",
        ),
        ("look closer", "out to sea", "again", "salt & pepper, to taste"),
        "Fresh bread: 20% off until Friday",
    ),
    Tongue(
        "de",
        ("Fahrräder", "Geschwindigkeit", "Straßen"),
        (
            "Los!",
            "Übermut & Größe",
            "Donaudampfschifffahrtsgesellschaft",
            "Straßenbahnhaltestellen im Morgengrauen",
        ),
        ("weiter", "Geschwindigkeitsrausch", "ganz langsam, ganz nah", "früh am Hafen"),
        "Rindfleischetikettierungsüberwachung, kurz erklärt",
    ),
    Tongue(
        "fi",
        ("kahvi", "saaristo", "järvet"),
        ("Kahvia!", "Epäjärjestelmällisyyttä", "Yöttömän yön saaristossa"),
        ("hiljaa", "lähempänä merta", "älä kiirehdi"),
        "Kesämökkisesonki alkaa nyt",
    ),
    Tongue(
        "fr",
        ("café", "marchés", "forêts"),
        ("Où ?", "Ça & là : l’été", "Le marché s’éveille à Besançon"),
        ("encore !", "tout près", "à l’aube, sans bruit"),
        "Déjà l’été : -30 % à Montréal",
    ),
    Tongue(
        "vi",
        ("phố", "cà phê", "biển"),
        ("Đi!", "Cà phê sữa đá", "Những buổi sáng ở phố cổ Hội An"),
        ("chậm thôi", "gần hơn nữa", "biển gọi"),
        "Ưu đãi buổi sáng đến thứ Sáu",
    ),
    Tongue(
        "tr",
        ("kahve", "deniz", "sokaklar"),
        ("Işık", "Çay & güneş", "İstanbul uyanmadan önce Boğaz"),
        ("yavaşça", "şimdi", "ağır ağır"),
        "Sıcak ekmek, cuma gününe kadar",
    ),
    Tongue(
        "el",
        ("καφές", "θάλασσα", "νησιά"),
        ("Πάμε!", "Ήλιος & αλάτι", "Ελληνική καλοκαιρινή νύχτα"),
        ("ξανά", "πιο κοντά", "χωρίς βιασύνη"),
        "Φρέσκο ψωμί ως την Παρασκευή",
    ),
    Tongue(
        "ru",
        ("кофе", "горы", "велосипеды"),
        ("Ёж", "Утро в горах", "Достопримечательности побережья"),
        ("ещё раз", "не спеши", "ближе к морю"),
        "Свежий хлеб: скидка до пятницы",
    ),
    Tongue(
        "ar",
        ("قهوة", "بحر", "مدينة"),
        ("هيا!", "قهوة الصباح", "قهوة الصباح على شاطئ البحر"),
        ("انظر جيدًا", "على مهل", "مرة أخرى"),
        "خبز طازج: خصم 20% حتى الجمعة",
    ),
    Tongue(
        "he",
        ("קפה", "הרים", "שווקים"),
        ("קדימה!", "בוקר טוב, תל אביב", "השוק מתעורר לפני כולם (06:30)"),
        ("שוב", "לאט לאט", "מקרוב"),
        "לחם טרי: 20% הנחה עד יום שישי",
    ),
    Tongue(
        "fa",
        ("چای", "کوه", "خیابان"),
        ("برو!", "چای داغ و باران", "صبح‌های آرام در کوچه‌های قدیمی"),
        ("دوباره", "آهسته", "نزدیک‌تر"),
        "نان تازه تا جمعه",
    ),
    Tongue(
        "hi",
        ("चाय", "बारिश", "पहाड़"),
        ("चलो!", "सुबह की चाय", "क्षत्रिय पर्वतों पर सुबह की चाय"),
        ("धीरे धीरे", "फिर से", "और पास से"),
        "ताज़ी रोटी, शुक्रवार तक",
    ),
    Tongue(
        "ta",
        ("காபி", "கடல்", "மலை"),
        ("வா!", "காலை காபி", "கடற்கரையில் ஒரு காலை நேரம்"),
        ("மீண்டும்", "மெதுவாக"),
        "புதிய ரொட்டி வெள்ளி வரை",
    ),
    Tongue(
        "th",
        ("กาแฟ", "ทะเล", "ตลาด"),
        ("ไป!", "กาแฟยามเช้า", "กาแฟยามเช้าริมทะเลที่เงียบสงบ"),
        ("อีกครั้ง", "ช้าๆ", "ใกล้เข้ามา"),
        "ขนมปังสดใหม่ถึงวันศุกร์",
    ),
    Tongue(
        "zh-CN",
        ("咖啡", "海边", "自行车"),
        ("出发！", "春天的第一杯咖啡", "在城市醒来之前，去海边慢慢走一走"),
        ("再来一次", "慢一点", "靠近看"),
        "新鲜面包：周五前八折",
    ),
    Tongue(
        "zh-TW",
        ("咖啡", "山路", "夜市"),
        ("走！", "臺灣的夜市", "城市醒來之前，港邊的第一道光"),
        ("再一次", "慢慢來", "靠近看"),
        "新鮮麵包：週五前八折",
    ),
    Tongue(
        "ja",
        ("コーヒー", "海", "自転車"),
        ("さあ、", "朝のコーヒー", "東京タワー、夜景を見に行く", "「ただいま」と言える港町の朝"),
        ("もう一度", "ゆっくり", "もっと近くで"),
        "焼きたてパン、金曜日まで二割引",
    ),
    Tongue(
        "ko",
        ("커피", "바다", "자전거"),
        ("가자!", "서울의 밤, 커피 한 잔", "도시가 깨어나기 전에 바닷가를 걷다"),
        ("다시", "천천히", "더 가까이"),
        "갓 구운 빵, 금요일까지 20% 할인",
    ),
    Tongue(
        "en",
        ("coffee", "families", "travel"),
        ("☕️", "Coffee ☕️ & rain 🌧️", "Family trip 👩‍👩‍👧‍👦 ✈️ 🇯🇵", "100% 🔥 deal 👍🏽"),
        ("🎉🎉🎉", "1️⃣ look", "love ❤️ it"),
        "Sale ⚡️ until Friday 🛒",
    ),
    Tongue(
        "en",
        ("jazz", "cities", "nights"),
        ("Jazz בתל אביב — 50% off", "東京 Tokyo قهوة", "𝓗𝓮𝓵𝓵𝓸 ﬁlm №7", "x\u0323\u0301 q\u0301 Ąž"),
        ("née 今", "Ünïcödé", "αβγ & где"),
        "Ramen ラーメン near Straße 7",
    ),
)

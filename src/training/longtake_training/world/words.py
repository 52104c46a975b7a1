"""The words of the captions, per language. Alternatives are separated by `;`. A verb is written `verb|rest`, because a place that
stands first turns the sentence round in German."""


def _table(text):
    result = {}
    for line in text.strip().splitlines():
        name, _, values = line.partition(":")
        result[tuple(name.strip().split("/")) if "/" in name else name.strip()] = [v.strip() for v in values.split(";")]
    return result


ENGLISH = {
    "colour": _table("""
white: white; snow-white
red: red; bright red
blue: blue; bright blue
green: green; bright green
yellow: yellow; bright yellow
orange: orange; bright orange
purple: purple; violet
black: black; jet-black"""),
    "subject": _table("""
cars: cars; vehicles; automobiles
spaceship: spaceship; alien spaceship; spacecraft; flying saucer
astronaut: astronaut; spaceman; cosmonaut
robot: robot; android; machine on two legs
fish: fish; little fish; sea fish
lion: lion; big lion
cat: cat; house cat
bird: bird; little bird"""),
    "suit": ["wearing a dark suit", "in a dark suit", "in a suit and tie", "dressed in a dark suit"],
    "action": _table("""
walker/stand: stands|; is standing|; looks at the camera|; stands still|; waits|
walker/left: walks|to the left; walks|left; is walking|to the left; steps|towards the left
walker/right: walks|to the right; walks|right; is walking|to the right; steps|towards the right
walker/away: walks|away; goes|away; is walking|away from us; leaves|with its back to us
walker/run: runs|; is running|; sprints|; dashes|past
walker/jump: jumps|; is jumping|; leaps|; hops|up and down
walker/type: types|on the keyboard; is typing|at the keyboard; writes|on the keyboard; works|at the keyboard
walker/smile: smiles|; is smiling|; looks at the camera and smiles|; gives|a big smile; smiles|at us
desk/run: runs|on the desks; is running|on top of the desks; runs|over the tables; races|across the desks
desk/jump: jumps|on the desks; jumps|from desk to desk; leaps|over the tables
fish/stand: floats|; is floating|; stays still|; drifts|in place
fish/left: swims|to the left; swims|left; is swimming|to the left
fish/right: swims|to the right; swims|right; is swimming|to the right
fish/up: swims|up; swims|towards the surface; rises|; is swimming|upwards
flyer/stand: hovers|; floats|in the air; stays|in the air
flyer/left: flies|to the left; flies|left; is flying|to the left; glides|to the left
flyer/right: flies|to the right; flies|right; is flying|to the right; glides|to the right
flyer/up: flies|up; climbs|; rises|into the sky
flyer/down: arrives|; descends|; descends|from above; comes|down; lands|
cars/right: drive|; are driving|; pass|; roll|by; drive|to the right"""),
    "place": _table("""
city: in a futuristic city; in the futuristic city; in the modern city; on a city street; in the streets of the city of the future
ship: inside the spaceship; in the corridor of the spaceship; in the corridor of the alien ship; aboard the spaceship
room: in the blue room; in a blue room; in the room with blue walls; at the desk of the blue room
ocean: in the deep sea; in the dark ocean; in the deep ocean; deep under the sea
surface: near the surface of the water; in the sunlit water; just below the surface; in the bright water under the sky
coast: on the coast; on the beach near the city; by the sea; over the coast of a futuristic city; along the coastline
tower: in front of the skyscraper; in front of a tall tower with many windows; at the façade of a skyscraper; outside the skyscraper
office: in the office; in an office with desks; in an office room; among the desks of an office"""),
    "empty": _table("""
city: A futuristic city; An empty city street; The modern city; The skyline of the futuristic city; The streets of the city
ship: The inside of the spaceship; The corridor of the spaceship; The interior of the alien ship
room: The blue room; An empty blue room; A blue room with a keyboard and a screen
ocean: The deep sea; The dark ocean; The deep ocean; The bottom of the sea
surface: The sky seen from under water; The sunlit water below the surface; The bright water under the sky; The surface seen from below
coast: The coastline; The beach near the city; The coast of a futuristic city; The sea and the coast
tower: A skyscraper; A tall tower with many windows; The façade of the skyscraper; The outside of the skyscraper
office: An empty office; An office with desks; The office with nobody in it; An office room with empty desks"""),
    "time": _table("""
day: during the day; by day; in daylight; in the morning
sunset: at sunset; at dusk; in the evening light; in the light of the setting sun
night: at night; by night; after dark"""),
    "lapse": ["Time lapse of the sunset over {}", "The sun sets over {} in a time lapse", "From day to night: a time lapse of {}",
              "A time lapse of nightfall, {}"],
    "lapsed": {"city": ["the futuristic city", "the city"], "coast": ["the coast", "the beach near the city", "the sea"]},
    "camera": _table("""
static: The camera does not move; A still shot; The camera stands still; Static shot
in: The camera zooms in; Zoom in; The camera moves forward; The camera gets closer; The camera approaches; Slow zoom in
out: The camera zooms out; Zoom out; The camera moves away; The camera backs away; The camera pulls back
crash: Crash zoom; The camera rushes forward; A sudden fast zoom; Crash zoom in
left: The camera pans left; The camera pans to the left; Pan left; The camera turns left
right: The camera pans right; The camera pans to the right; Pan right; The camera turns right
follow: The camera follows; We follow along; The camera follows it; Tracking shot; The camera moves with it
tilt: The camera tilts up; The camera points up; Tilt up; The camera looks up"""),
    "screen": ["The screen displays fish", "Fish swim on the screen", "The screen shows swimming fish", "The screen lights up with fish"]}

PORTUGUESE = {
    "colour": _table("""
white: branco,branca,brancos
red: vermelho,vermelha,vermelhos
blue: azul,azul,azuis
green: verde,verde,verdes
yellow: amarelo,amarela,amarelos
orange: laranja,laranja,laranja
purple: roxo,roxa,roxos; violeta,violeta,violeta
black: preto,preta,pretos; negro,negra,negros"""),
    "subject": _table("""
cars: p carros; p automóveis
spaceship: f nave espacial; f nave; f nave alienígena
astronaut: m astronauta; m cosmonauta
robot: m robô; m androide
fish: m peixe; m peixinho
lion: m leão; m grande leão
cat: m gato; m gatinho
bird: m pássaro; m passarinho"""),
    "suit": ["de fato escuro", "de terno escuro", "vestindo um terno escuro"],
    "action": _table("""
walker/stand: está parado|; olha para a câmera|; fica de pé|; espera|
walker/left: anda|para a esquerda; caminha|para a esquerda; vai|a pé para a esquerda
walker/right: anda|para a direita; caminha|para a direita; vai|a pé para a direita
walker/away: vai embora|; afasta-se|; caminha|para longe
walker/run: corre|; está correndo|; passa|a correr
walker/jump: salta|; pula|; está pulando|
walker/type: digita|no teclado; escreve|no teclado; está digitando|no teclado
walker/smile: sorri|; olha para a câmera e sorri|; sorri|para nós; está sorrindo|
desk/run: corre|sobre as mesas; corre|em cima das mesas
desk/jump: salta|sobre as mesas; pula|de mesa em mesa
fish/stand: flutua|; fica parado|; boia|
fish/left: nada|para a esquerda; está nadando|para a esquerda
fish/right: nada|para a direita; está nadando|para a direita
fish/up: nada|para cima; nada|até a superfície; sobe|
flyer/stand: paira|; flutua|no ar; paira|no ar
flyer/left: voa|para a esquerda; está voando|para a esquerda
flyer/right: voa|para a direita; está voando|para a direita
flyer/up: voa|para cima; sobe|ao céu
flyer/down: chega|; desce|; desce|do alto; vem|descendo
cars/right: passam|; andam|; circulam|; seguem|para a direita"""),
    "place": _table("""
city: na cidade futurista; numa cidade futurista; na cidade moderna; numa rua da cidade
ship: dentro da nave espacial; no corredor da nave; a bordo da nave espacial
room: na sala azul; numa sala azul; na sala de paredes azuis
ocean: no mar profundo; no oceano escuro; no fundo do mar
surface: perto da superfície da água; na água ensolarada; logo abaixo da superfície
coast: na costa; na praia perto da cidade; à beira-mar; ao longo do litoral
tower: em frente ao arranha-céu; diante de uma torre com muitas janelas; do lado de fora do arranha-céu
office: no escritório; num escritório com mesas; entre as mesas do escritório"""),
    "empty": _table("""
city: Uma cidade futurista; A cidade moderna; Uma rua vazia da cidade
ship: O interior da nave espacial; O corredor da nave
room: A sala azul; Uma sala azul vazia; Uma sala azul com teclado e tela
ocean: O mar profundo; O oceano escuro; O fundo do mar
surface: O céu visto debaixo da água; A água ensolarada perto da superfície; A superfície vista de baixo
coast: A costa; A praia perto da cidade; O litoral de uma cidade futurista
tower: Um arranha-céu; Uma torre com muitas janelas; A fachada do arranha-céu
office: Um escritório vazio; Um escritório com mesas; O escritório sem ninguém"""),
    "time": _table("""
day: durante o dia; de dia; à luz do dia
sunset: ao pôr do sol; no crepúsculo; ao entardecer
night: à noite; de noite; depois de escurecer"""),
    "lapse": ["Time lapse do pôr do sol: {}", "O sol se põe em time lapse: {}", "Do dia à noite em time lapse: {}"],
    "lapsed": {"city": ["a cidade futurista", "a cidade"], "coast": ["a costa", "a praia perto da cidade"]},
    "camera": _table("""
static: A câmera não se move; A câmera fica parada; Plano fixo
in: A câmera aproxima-se; A câmera avança; Zoom para dentro; A câmera chega mais perto
out: A câmera afasta-se; A câmera recua; Zoom para fora
crash: Zoom brusco; A câmera avança de repente; Zoom repentino
left: A câmera gira para a esquerda; Panorâmica para a esquerda; A câmera vira à esquerda
right: A câmera gira para a direita; Panorâmica para a direita; A câmera vira à direita
follow: A câmera acompanha; A câmera segue o movimento; Nós seguimos
tilt: A câmera aponta para cima; A câmera inclina-se para cima; A câmera olha para cima"""),
    "screen": ["A tela mostra peixes", "Peixes nadam na tela", "Na tela aparecem peixes"]}

GERMAN = {
    "colour": _table("""
white: weiß; schneeweiß
red: rot; knallrot
blue: blau; leuchtend blau
green: grün; leuchtend grün
yellow: gelb; knallgelb
orange: orangefarben
purple: violett; lilafarben
black: schwarz; pechschwarz"""),
    "subject": _table("""
cars: p Autos; p Wagen
spaceship: n Raumschiff; n Alien-Raumschiff; n Ufo
astronaut: m Astronaut; m Raumfahrer
robot: m Roboter; m Android
fish: m Fisch; m Meeresfisch
lion: m Löwe
cat: f Katze; f Hauskatze
bird: m Vogel"""),
    "suit": ["im dunklen Anzug", "in einem dunklen Anzug", "mit Anzug und Krawatte"],
    "action": _table("""
walker/stand: steht|still; steht|da; schaut|in die Kamera; wartet|
walker/left: geht|nach links; läuft|nach links; wandert|nach links
walker/right: geht|nach rechts; läuft|nach rechts; wandert|nach rechts
walker/away: geht|weg; geht|davon; entfernt sich|
walker/run: rennt|; rennt|vorbei; sprintet|
walker/jump: springt|; hüpft|; springt|in die Höhe
walker/type: tippt|auf der Tastatur; schreibt|auf der Tastatur
walker/smile: lächelt|; lächelt|in die Kamera; lächelt|uns an
desk/run: rennt|über die Tische; rennt|auf den Schreibtischen
desk/jump: springt|auf den Schreibtischen; springt|von Tisch zu Tisch
fish/stand: schwebt|; treibt|auf der Stelle
fish/left: schwimmt|nach links
fish/right: schwimmt|nach rechts
fish/up: schwimmt|nach oben; schwimmt|zur Oberfläche; steigt|auf
flyer/stand: schwebt|; schwebt|in der Luft
flyer/left: fliegt|nach links; gleitet|nach links
flyer/right: fliegt|nach rechts; gleitet|nach rechts
flyer/up: fliegt|nach oben; steigt|in den Himmel
flyer/down: kommt|an; sinkt|herab; kommt|von oben herab; landet|
cars/right: fahren|; fahren|vorbei; fahren|nach rechts; rollen|vorbei"""),
    "place": _table("""
city: in einer futuristischen Stadt; in der futuristischen Stadt; in der modernen Stadt; auf einer Straße der Stadt
ship: im Raumschiff; im Korridor des Raumschiffs; an Bord des Raumschiffs
room: im blauen Zimmer; in einem blauen Raum; im Raum mit blauen Wänden
ocean: in der Tiefsee; im dunklen Ozean; tief im Meer
surface: nahe der Wasseroberfläche; im sonnigen Wasser; dicht unter der Oberfläche
coast: an der Küste; am Strand bei der Stadt; am Meer
tower: vor dem Wolkenkratzer; vor einem hohen Turm mit vielen Fenstern; an der Fassade des Hochhauses
office: im Büro; in einem Büro mit Schreibtischen; zwischen den Tischen des Büros"""),
    "empty": _table("""
city: Eine futuristische Stadt; Die moderne Stadt; Eine leere Straße der Stadt
ship: Das Innere des Raumschiffs; Der Korridor des Raumschiffs
room: Das blaue Zimmer; Ein leerer blauer Raum; Ein blaues Zimmer mit Tastatur und Bildschirm
ocean: Die Tiefsee; Der dunkle Ozean; Das tiefe Meer
surface: Der Himmel, von unter Wasser gesehen; Das sonnige Wasser unter der Oberfläche; Die Wasseroberfläche von unten
coast: Die Küste; Der Strand bei der Stadt; Das Meer und die Küste
tower: Ein Wolkenkratzer; Ein hoher Turm mit vielen Fenstern; Die Fassade des Hochhauses
office: Ein leeres Büro; Ein Büro mit Schreibtischen; Das Büro ohne Menschen"""),
    "time": _table("""
day: am Tag; bei Tageslicht; tagsüber
sunset: bei Sonnenuntergang; in der Abenddämmerung; im Abendlicht
night: in der Nacht; nachts; bei Nacht"""),
    "lapse": ["Zeitraffer des Sonnenuntergangs: {}", "Die Sonne geht im Zeitraffer unter: {}", "Vom Tag zur Nacht im Zeitraffer: {}"],
    "lapsed": {"city": ["die futuristische Stadt", "die Stadt"], "coast": ["die Küste", "der Strand bei der Stadt"]},
    "camera": _table("""
static: Die Kamera bewegt sich nicht; Die Kamera steht still; Feste Einstellung
in: Die Kamera zoomt heran; Die Kamera fährt vorwärts; Die Kamera kommt näher; Zoom hinein
out: Die Kamera zoomt heraus; Die Kamera entfernt sich; Die Kamera fährt zurück
crash: Reißzoom; Die Kamera rast heran; Ein plötzlicher schneller Zoom
left: Die Kamera schwenkt nach links; Schwenk nach links
right: Die Kamera schwenkt nach rechts; Schwenk nach rechts
follow: Die Kamera folgt; Wir folgen der Bewegung; Die Kamera fährt mit
tilt: Die Kamera schwenkt nach oben; Die Kamera blickt nach oben; Die Kamera neigt sich nach oben"""),
    "screen": ["Der Bildschirm zeigt Fische", "Auf dem Bildschirm schwimmen Fische", "Fische erscheinen auf dem Bildschirm"]}

LANGUAGES = {"en": ENGLISH, "pt": PORTUGUESE, "de": GERMAN}

/** Given names with the short forms people go by. */
export const givenNames: readonly (readonly [string, ...string[]])[] = [
  ['Alexander', 'Alex', 'Sascha'], ['Andreas', 'Andi'], ['Anna'], ['Annette', 'Anne'], ['Antonia', 'Toni'], ['Ayşe'],
  ['Barbara', 'Babs'], ['Benjamin', 'Ben'], ['Bernd'], ['Birgit'], ['Brigitte', 'Gitte'], ['Carla'], ['Charlotte', 'Lotte'],
  ['Christian', 'Chris'], ['Christine', 'Tina'], ['Claudia'], ['Daniel', 'Dani'], ['Dominik'], ['Elisabeth', 'Lisa', 'Elli'],
  ['Emma'], ['Fatma'], ['Felix'], ['Florian', 'Flo'], ['Francesca'], ['Frank'], ['Friedrich', 'Fritz'], ['Georg', 'Schorsch'],
  ['Gabriele', 'Gabi'], ['Günther'], ['Hannah'], ['Hans'], ['Heike'], ['Jan'], ['Johannes', 'Hannes'], ['Jörg'], ['Julia', 'Jule'],
  ['Katharina', 'Kathi'], ['Klaus'], ['Laura'], ['Lukas', 'Luki'], ['Magdalena', 'Lena'], ['Manuela', 'Manu'], ['Maria'],
  ['Markus'], ['Martin'], ['Matthias', 'Matze'], ['Maximilian', 'Max'], ['Mehmet'], ['Michael', 'Micha'], ['Monika', 'Moni'],
  ['Nicole', 'Nicky'], ['Nikolaus', 'Klaus'], ['Oliver', 'Olli'], ['Paul'], ['Petra'], ['Philipp'], ['Rebecca', 'Becky'],
  ['Robert', 'Robbie'], ['Sabine', 'Bine'], ['Sandra'], ['Sebastian', 'Basti'], ['Silke'], ['Sophie'], ['Stefan', 'Steff'],
  ['Stefanie', 'Steffi'], ['Susanne', 'Susi'], ['Thomas', 'Tom'], ['Tobias', 'Tobi'], ['Ursula', 'Uschi'], ['Wolfgang', 'Wolfi'],
  ['Zoë'],
];

export const familyNames: readonly string[] = [
  'Bauer', 'Baumann', 'Becker', 'Berger', 'Böhm', 'Brandt', 'Braun', 'Busch', 'Demir', 'Dietrich', 'Engel', 'Ernst', 'Fischer',
  'Frank', 'Franke', 'Friedrich', 'Fuchs', 'Graf', 'Groß', 'Günther', 'Haas', 'Hahn', 'Hartmann', 'Heinrich', 'Herrmann',
  'Hoffmann', 'Hofmann', 'Horn', 'Huber', 'Jäger', 'Jansen', 'Jung', 'Kaiser', 'Kaya', 'Keller', 'Klein', 'Koch', 'Köhler',
  'König', 'Kowalski', 'Kraft', 'Kramer', 'Krause', 'Krüger', 'Kuhn', 'Kühn', 'Lang', 'Lange', 'Lehmann', 'Lorenz', 'Ludwig',
  'Maier', 'Martin', 'Mayer', 'Meier', 'Meyer', 'Möller', 'Müller', 'Müller-Lüdenscheid', 'Neumann', 'Nguyen', 'Novak', 'Otto',
  'Peters', 'Petersen', 'Pfeiffer', 'Pohl', 'Richter', 'Roth', 'Rossi', 'Sauer', 'Schäfer', 'Schmid', 'Schmidt', 'Schmitt',
  'Schneider', 'Schröder', 'Schubert', 'Schulte', 'Schulz', 'Schumacher', 'Schuster', 'Schwarz', 'Seidel', 'Simon', 'Sommer',
  'Stein', 'Thomas', 'Vogel', 'Vogt', 'von der Heide', 'Wagner', 'Walter', 'Weber', 'Weiß', 'Werner', 'Winkler', 'Winter',
  'Wolf', 'Yılmaz', 'Ziegler', 'Zimmermann',
];

export const streets: readonly string[] = [
  'Ahornweg', 'Am Markt', 'Bahnhofstraße', 'Beethovenstraße', 'Bergstraße', 'Birkenweg', 'Blumenstraße', 'Brückenstraße',
  'Buchenweg', 'Dorfstraße', 'Eichenweg', 'Erlenweg', 'Feldstraße', 'Friedhofstraße', 'Gartenstraße', 'Goethestraße',
  'Hauptstraße', 'Heideweg', 'Jahnstraße', 'Kirchgasse', 'Kirchstraße', 'Lerchenweg', 'Lindenstraße', 'Mozartstraße',
  'Mühlenweg', 'Poststraße', 'Ringstraße', 'Rosenweg', 'Schillerstraße', 'Schloßstraße', 'Schulstraße', 'Sonnenweg',
  'Talstraße', 'Waldstraße', 'Wiesenweg', 'Ziegelhof',
];

/** Cities with the first three digits of their postcodes. */
export const cities: readonly (readonly [city: string, postcode: string])[] = [
  ['Augsburg', '861'], ['Berlin', '101'], ['Bielefeld', '336'], ['Bochum', '447'], ['Bonn', '531'], ['Bremen', '281'],
  ['Dortmund', '441'], ['Dresden', '010'], ['Düsseldorf', '402'], ['Essen', '451'], ['Frankfurt am Main', '603'],
  ['Freiburg', '790'], ['Göttingen', '370'], ['Hamburg', '200'], ['Hannover', '301'], ['Karlsruhe', '761'], ['Kiel', '241'],
  ['Köln', '506'], ['Leipzig', '041'], ['Lübeck', '235'], ['Mainz', '551'], ['Mannheim', '681'], ['München', '803'],
  ['Münster', '481'], ['Nürnberg', '904'], ['Regensburg', '930'], ['Rostock', '180'], ['Saarbrücken', '661'],
  ['Stuttgart', '701'], ['Ulm', '890'],
];

export const mailHosts: readonly string[] = ['mail.example', 'post.example', 'web.example', 'inbox.example', 'firma.example'];

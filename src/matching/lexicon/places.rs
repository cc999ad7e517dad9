//! Countries and cities whose names differ by language. One line is one place.

pub(super) const PLACES: &str = "\
germany deutschland allemagne alemania germania deutsche deutscher german duitsland alemanha
france francia frankreich frankrijk francaise francais french franca
italy italia italien italie italiana italiano italian
spain espana spanien espagne spagna espanola espanol spanish spanje
portugal portuguesa portugues
netherlands nederland niederlande holland hollande nederlandse nederlandsche dutch paesi-bassi
belgium belgique belgie belgien belgica belgio
austria osterreich autriche osterreichische
switzerland schweiz suisse svizzera suiza swiss schweizerische zwitserland
poland polska polen pologne polonia polish polski
czech cesko ceska tschechien tcheque
slovakia slovensko slowakei
hungary magyarorszag ungarn hongrie magyar ungheria
sweden sverige schweden suede suecia svenska swedish
norway norge norwegen norvege norsk norske norwegian
denmark danmark danemark danemark danske dansk danish dinamarca
finland suomi finnland finlande finnish suomen
iceland island
greece hellas griechenland grece grecia hellenic greek ellas
turkey turkiye turkei turquie turk turkish turkiyenin
russia rossiya russland russie rusia rossiiskaya russian rossiyskiy rossiya
ukraine ukraina
romania rumanien roumanie romaniei
bulgaria bulgarien balgariya
croatia hrvatska kroatien
serbia srbija serbien
slovenia slovenija slowenien
england angleterre inglaterra
britain british gb
scotland schottland
ireland irland irlande irish eire
usa us america
japan nippon nihon japon giappone japanese
china chine cina chinese zhongguo
korea coree corea korean hanguk
india inde indien indian bharat
brazil brasil brasilien bresil brasile brasileira brasileiro
mexico mexique mexiko mexicana mexicano
egypt egypte agypten misr
morocco maroc marokko marruecos
algeria algerie algerien
munich munchen
cologne koln colonia
vienna wien vienne viena
zurich zuerich
geneva geneve genf ginevra
basel bale basilea basle
bern berne berna
brussels bruxelles brussel brussel
antwerp antwerpen anvers
ghent gent gand
hague haag haye
lisbon lisboa lissabon lisbonne
seville sevilla
milan milano mailand
rome roma rom
naples napoli neapel
turin torino
florence firenze florenz
venice venezia venedig
genoa genova genua
padua padova
prague praha prag
warsaw warszawa warschau varsovie
cracow krakow krakau
gdansk danzig
wroclaw breslau
copenhagen kobenhavn kopenhagen copenhague
gothenburg goteborg
helsinki helsingfors
athens athen athenes athina atene
thessaloniki saloniki
moscow moskva moskau moscou mosca
petersburg peterburg
kiev kyiv kiew
bucharest bucuresti bukarest
belgrade beograd belgrad
nuremberg nurnberg
hanover hannover
brunswick braunschweig
bavaria bayern bayerische
saxony sachsen sachsische
rhine rhein rhin
danube donau
beijing peking
guangzhou canton
tokyo tokio
seoul soul
cairo caire kahira
quebec
catalonia catalunya cataluna
basque euskal
flanders vlaanderen flandern vlaamse
london londres londra
edinburgh edimbourg
york yorck
strasbourg strassburg
nice nizza
";

//! Translations, abbreviations and numbers in words, and how much words say.

/// One line is one meaning in its languages and abbreviations; the first names it.
pub(super) const MEANINGS: &str = "\
university univ uni universitat universite universidad universita universidade universiteit universitet universitetet universitaet universitas uniwersytet univerzita univerzitet sveuciliste yliopisto egyetem universitesi universiti universitate ulikool universitetas universitesi universitatea universitat universidade universitet panepistimio
college coll kolleg collegium colegio collegio hogeschool hogskola hogskolan hochschule fachhochschule
school schule ecole escuela escola scuola skola shkola szkola skole
faculty fac fakultat faculte facultad facolta faculdade fakulteten
academy akademie academie academia accademia akademi akademia akademija acad
institute inst institut instituto istituto instituut institutet instytut ustav intezet
research recherche recherches investigacion ricerca ricerche pesquisa forschung forschungs onderzoek forskning badan res
technology tech technologies technologie technologien tecnologia tecnologias tecnologie tecnologico technologia technologii teknologi teknologier technische technical tecnica tecnico technique techn technol teknik technik
science sciences sci wissenschaft wissenschaften ciencia ciencias scienza scienze wetenschap
medical medicine med medizin medizinische medecine medicina medicinal medisch medyczny
hospital hosp krankenhaus klinikum hopital hospitales ospedale ziekenhuis sjukhus sykehus sairaala szpital nemocnice spital
clinic klinik clinique clinica kliniek klinika
health gesundheit sante salud salute saude gezondheid zdravi zdrowie healthcare
pharmacy apotheke pharmacie farmacia apotek
pharmaceuticals pharmaceutical pharma pharm pharmazeutische farmaceutica farmaceutici farmaceutico pharmaceutique pharmaceutiques
laboratory lab labs laboratories laboratorio laboratorios laboratoire laboratoires labor laboratorium laboratori
center centre ctr cntr zentrum centro centrum centr keskus kozpont merkezi cent
national natl nat nacional nationale nazionale nationaal nationell nazional narodni narodowy nacionalni
international intl int internacional internationale internazionale internationaal internationella internationales intern intnl
global globale globales
european europe europa europaische europeenne europeen europea europeo europese eur
american america amer americas
federal fed bundes federale
central zentral centrale zentrale
royal koninklijke konigliche kunglig kongelig real reale
state staat staatliche etat estado stato staats
city stadt ville ciudad citta cidade gemeente stad miasto mesto
county landkreis
ministry ministerium ministere ministerio ministero ministerie ministerstwo
department dept abteilung departement departamento dipartimento
government govt gov gcc usgov
office buro bureau oficina ufficio
agency agentur agence agencia agenzia agentschap
authority auth autoridad autorita
association assn assoc asso verein verband asociacion associazione associacao vereniging foreningen forening associations
associates assocs
society soc gemeinschaft
foundation fdn fndn stiftung fondation fundacion fondazione fundacao stichting stiftelsen saatio alapitvany fundacja nadace found
federation bund federacion federazione federacao
union unione
committee comite ausschuss comitato
council rat conseil consejo consiglio
church kirche eglise iglesia chiesa igreja kerk kyrkan
bank banque banco banca banka pankki bankas bk
insurance versicherung versicherungen versicherungs assurance assurances seguros seguro assicurazioni assicurazione verzekeringen verzekering forsakring forsikring ins vakuutus ubezpieczen sigorta pojistovna
finance finanz finanzen finanzas finanza finances financial financiera financiere finanziaria fin financ
capital kapital capitale
investment invest investments investition inversiones investissement investissements investimenti investimentos inv
credit kredit credito credite
savings sparkasse sparbank epargne
trust trst
fund fonds fondo
securities wertpapiere valores titres
exchange borse bourse bolsa borsa beurs exch
property immobilien immobilier immobiliare inmobiliaria imobiliaria vastgoed realty properties
trading handel handels handelsgesellschaft commerce comercio commercio comercial commerciale commercial trade traders trdg hndl
import imports importacao importadora
export exports exportacao exportadora
manufacturing mfg manuf mfrg manufacture manufactura fabrication manufacturers mfrs manufacturer mfr
production prod produktion produccion produzione productions producao
products produkte produits productos prodotti produtos produkty prods
industry industries ind industrie industrien industria industrias industriale industrial industriel industrielle industriali inds indus indust przemysl
factory fabrik fabrique fabrica fabbrica fabriek fabryka
works werke werk
engineering eng engr engg ingenierie ingenieria ingegneria engenharia ingenieur ingenieurburo
construction bau constructions construccion construcciones costruzioni construcoes bouw bygg const constr constrn budowa hochbau tiefbau
building bldg gebaude batiment edificio buildings bldgs
builders bldrs
development dev developpement desarrollo sviluppo desenvolvimento entwicklung developments devel dvlpmt
design diseno disegno
energy energie energia energi energies energetica
electric elec electrical elektro elektrik electrique electriques electrica electricas electrico elettrica elettrico elektriska elect eltro elektrische elettriche
electronics electronic elektronik electronique electroniques electronica elettronica elettronici electr elektronika elektronica
electricity strom electricite electricidad elettricita
power kraft puissance potencia
gas gaz
oil ol huile petrole olio
petroleum petr petroleo petrolio petrol
water wasser eau agua acqua vatten
chemical chem chemicals chemie chimie quimica chimica chemische chimique kemi kimya chemiczne
steel stahl acier acero acciaio staal
metal metall metaux metales metalli metals metallurgical metalurgica
mining bergbau minera minas mines
paper papier papel carta
glass glas verre vidrio vetro
plastic plastics kunststoff plastique plasticos plastiche plastik kunststoffe
textile textiles textil tessile tekstil
food foods lebensmittel aliment aliments alimentos alimenti alimentaire alimentacion
beverage beverages getranke boissons bebidas bevande bev
agriculture agricultural agric landwirtschaft agricola agrario
forest forestry wald foret bosque
motor motors moteur moteurs motori motoren
automotive auto automobile automobiles automovil automobili automoviles automobil kfz
vehicle vehicles fahrzeuge vehicules
aviation luftfahrt
airlines airline airways fluggesellschaft aerolineas
airport flughafen aeroport aeropuerto aeroporto
aerospace aero raumfahrt
space weltraum espace
marine maritime maritima meeres
shipping reederei navegacion
railway rail railways eisenbahn bahn chemins ferrocarriles ferrovie rly railroad
transport transports transportation transporte transportes trasporti spedition transp trans
logistics logistik logistique logistica log logistiek
communications communication comm comms kommunikation comunicaciones comunicazioni comunicacao
telecommunications telecom telekom telecommunication telecomunicaciones telecomunicazioni telecomunicacoes telco telekomunikasyon
telephone telefon telefonica telefono phone tel
network netz netzwerk reseau red rete networks netw
computer computers rechner ordinateur informatique informatica informatik computing comp
software logiciel logiciels
system systems systeme systemes sistema sistemas sistemi sys syst systemy
data daten donnees datos dati
information info informations informacion informazione
media medien medios
press presse prensa stampa
publishing verlag editions editorial editore editrice editora uitgeverij forlag publ publishers publications
news nachrichten
radio rundfunk
television tv fernsehen
film films kino
print printing druck druckerei imprimerie imprenta tipografia
consulting beratung conseils consultoria consulenza unternehmensberatung advisory consultants consultancy
management mgmt mgt verwaltung gestion gestione
services service svc svcs serv servicio servicios servizi servicos dienst dienste diensten dienstleistungen srvc srvcs
solutions solution losungen soluciones soluzioni solucoes soln solns
group grp gruppe groupe grupo gruppo groep grupa konsern koncern gruppen ryhma
holding holdings hldg hldgs hldngs
enterprise enterprises ent entreprise entreprises empresa empresas impresa unternehmen ents entpr entreprises
partner partners ptnr ptnrs
brothers bros gebruder freres hermanos fratelli irmaos gebroeders gebr hnos
sons sohne fils hijos figli filhos zonen
son sohn
house haus maison casa
hotel hotels htl albergo
restaurant restaurante ristorante restaurants
market markt marche mercado mercato mkt markets mkts
marketing mktg mkting
store stores shop laden magasin tienda negozio geschaft
sales vertrieb vertriebs ventes ventas vendite
supply supplies
distribution distributors vertriebsgesellschaft distribucion distribuzione dist distr distrib distributor
equipment eqpt equip ausrustung
machine machines maschine maschinen maquinas macchine machinery maschinenbau maquinaria mach
tool tools werkzeug werkzeuge outils herramientas utensili werkzeugbau
instruments instr instrument instrumente
materials material materiaux materiales materiali matl matls
environment environmental umwelt environnement ambiente env environ
security sicherheit securite seguridad sicurezza sec
law recht droit derecho diritto legal
attorneys attorney lawyers lawyer rechtsanwalte abogados avocats avvocati anwaltskanzlei advokat
tax steuer steuerberatung steuerberater
accounting accountants accountancy buchhaltung comptabilite contabilidad acctg
dental dentist dentistry zahnarzt zahnarztpraxis dentaire odontologia
veterinary vet tierarzt tierarztpraxis veterinaire veterinaria
physicians physician arzte medecins
practice praxis cabinet
garden garten jardin giardino gardens
furniture mobel meubles muebles mobili
wood holz bois madera legno
optical optik optics optique optica ottica
photo foto photography
music musik musique musica
museum musee museo muzeum
library bibliothek bibliotheque biblioteca bibl
theater theatre teatro
club klub
sport sports deporte deportes
travel reisen voyages viajes viaggi reise
tourism tourismus turismo tourisme
north nord norte nordre northern nth norra
south sud sur sul southern sth sodra
east ost est este eastern leste
west ouest oeste ovest western
new neu neue nouveau nouvelle nuevo nueva nuovo nuova novo nova nieuw nieuwe
old alt alte vieux viejo vecchio
great grand gran grande gross grosse groot
general gen allgemeine generale generales gral genl
first erste premier premiere primero prima primo 1st 1 one
second zweite 2nd 2 two ii deux zwei
third dritte 3rd 3 three iii trois drei
fourth 4th 4 four iv
fifth 5th 5 five
sixth 6th 6 six vi
seventh 7th 7 seven vii
eighth 8th 8 eight viii
ninth 9th 9 nine ix
tenth 10th 10 ten
and und et y og och ja i en ve
saint st sankt san santa sainte sao ste sint szent
mount mt
fort ft
street str strasse
road rd
avenue ave
doctor dr
junior jr
senior sr
mister mr
professional prof profess professionnel
corporate corpor
regional reg region
district distr bezirk
province prov provincial provincia
republic rep republik republique republica repubblica
people volk
women woman frauen femmes
children child kinder enfants ninos
united utd vereinigte unis unidos unidas verenigde
cooperative coop genossenschaft cooperativa kooperation cooperation
additional addl addnl additionnel adicional
subscription sub subscr abonnement abo suscripcion
license licence lic lizenz licenza licencia licences licenses
standard std
premium prem
advanced adv
basic basis
essentials essential ess
students student stu
trial viral
month months monat mth mths
monthly mensuel mensual mensile monatlich
year years jahr yr yrs
annual yearly annually annuel anual annuale jahrlich
user users nutzer
device devices gerat
server servers srv
storage speicher
backup sicherung
mobile mobil movil
cloud wolke
desktop desktops
protection schutz
pack package pkg pk paket
edition ed
version ver
upgrade upg upgr
black blk schwarz noir negro
white wht weiss blanc blanco
silver slv silber argent
blue blu blau
green grn
inch inches in zoll
feet foot
pound lb lbs
ounce oz ounces
gigabyte gb gig
megabyte mb
terabyte tb
digital dig
camera cam
wireless wifi wlan
refrigerator fridge
speaker speakers loudspeaker loudspeakers
headphone headphones earphones
cable cables
adapter adaptor adapters
battery batteries
microsoft ms msft
internet inet
education edu educational
nonprofit nfp charity
without wo
attach attached
";

/// Words that say little, in the languages that bills come in.
pub(super) const LITTLE: &str = "the of for and de del della dello dei degli du des la le les el los las der die das dem den und \
et y e di da do dos das van von vom zu zum zur het ten ter op at on in to a an im am aan og och w z na by with from mit per d l";

/// Words that many names have.
pub(super) const GENERIC: &str = "group holding services solutions systems technology international global company enterprise industry \
management consulting partner associates trading association society center foundation development products \
national general federal european american corporate business online digital network data information research \
engineering manufacturing construction market store house new united office department";

/// Editions, kinds of customer and terms: two offers whose names differ in one are two offers.
pub(super) const EDITIONS: &str = "academic addon annual basic business charity commercial developer device education enterprise \
essentials faculty frontline gcc government month monthly nonprofit premium pro professional standard starter \
student students trial ultimate user without year yearly upgrade attach kiosk home family personal deluxe \
black white silver blue red green pink gray grey gold small large xl xxl medium mini dod high low left right";

//! Legal forms of many countries. One line is one form in its spellings; the first names it.

/// Forms that end a company's name: what follows is a place, a branch, an addendum.
pub(super) const CLOSING: &str = "\
ltd limited ltda limitada ltee limitee
inc incorporated incorporation
llc lcc
llp
lllp
plc
pllc
pte
pty
pvt private
bhd berhad sendirian sdn
gmbh gesmbh mbh ggmbh
ag aktiengesellschaft
kg kommanditgesellschaft
kgaa
ohg
gbr
ug haftungsbeschrankt
eg
ev
se
nv
bv besloten
bvba sprl
vof
vzw asbl
sa
sarl sarlu
sas sasu
eurl
snc
sci
scop
spa
srl srls
sapa
sl slu
sau
slp
sc
sccl
cv
rl
eirl
lda unipessoal
eireli
me
epp
ab aktiebolag
hb
as
asa
ans
aps
is
amba
ivs
oy osakeyhtio
oyj
ky
hf
ehf
ou
uab
sia
sp
zoo
spzoo
sro
vos
doo
dooel
dd
ad
ead
eood
ood
kft
zrt
nyrt
bt
jsc
ojsc oao
cjsc zao
pjsc pao
ooo
oao
zao
pao
ao
tov
too
kk kabushiki kaisha
yk yugen
gk godo
jusik
yuhan
tbk
pt
jsco
tic
sti
anonim
wll
fze
fzco
fzllc
saog
saoc
psc
pjs
lp
gie
sgps
sicav
saic
sacv
sapi
";

/// Forms that stand anywhere in a name.
pub(super) const OPEN: &str = "\
co company companies compagnie compania companhia compagnia cie cia coy
corp corporation corporacion corporacao korporation
societe sociedad sociedade societa
anonyme anonima
gesellschaft ges
naamloze
vennootschap
beschrankter
haftung
aktsionernoe
obshchestvo
ogranichennoi otvetstvennostyu
pc
pa
psc
na
unlimited
lc
";

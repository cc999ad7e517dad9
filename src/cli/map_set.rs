//! `addendum map set`: one mapping, or the choices of one line.

use std::str::FromStr;

use jiff::civil::Date;
use serde_json::{Value, json};

use super::Global;
use super::home;
use super::map;
use super::shell::failure::Failure;
use super::shell::output::Answer;
use crate::domain::edit::Edit;
use crate::domain::line::{Line, LineId, Text};
use crate::domain::mapping::MappingKind;
use crate::domain::problem::{Problem, ProblemKind};
use crate::domain::text::harmless;
use crate::store::Store;
use crate::sync::fault;
use crate::worker::changes;
use crate::worker::mapping_file::Directory;
use crate::worker::mapping_view::mappings;

/// What is set.
#[derive(Debug, Clone, clap::Subcommand)]
pub enum SetArgs {
    /// The companies of an organization, and whether it is excluded from sync
    Organization {
        /// The organization's id at the source
        id: String,
        /// Company: its number, or its name; repeated: candidates, the default first
        #[arg(long, value_name = "COMPANY")]
        psa: Vec<String>,
        /// Keep the present companies and put these after them
        #[arg(long, requires = "psa")]
        add: bool,
        /// Take the mapping away
        #[arg(long, conflicts_with = "psa")]
        clear: bool,
        /// Excluded from Sync
        #[arg(long, value_enum, value_name = "yes|no")]
        excluded: Option<YesNo>,
        /// Never suggest this company for it again; repeated: several
        #[arg(long, value_name = "COMPANY")]
        reject: Vec<String>,
        /// It may be suggested again
        #[arg(long, value_name = "COMPANY")]
        unreject: Vec<String>,
    },
    /// The catalog item of an offer
    Offer {
        /// The offer's id at the source
        id: String,
        /// Catalog item: its number, its product id or its description
        #[arg(long, value_name = "PRODUCT", required_unless_present_any = ["clear", "reject", "unreject"])]
        psa: Option<String>,
        /// Take the mapping away
        #[arg(long, conflicts_with = "psa")]
        clear: bool,
        /// Never suggest this catalog item for it again; repeated: several
        #[arg(long, value_name = "PRODUCT")]
        reject: Vec<String>,
        /// It may be suggested again
        #[arg(long, value_name = "PRODUCT")]
        unreject: Vec<String>,
    },
    /// The agreement remembered for a contract (one for each company)
    Contract {
        /// The contract's id at the source
        id: String,
        /// Agreement: its number, or its name
        #[arg(long, value_name = "AGREEMENT", required_unless_present = "clear")]
        psa: Option<String>,
        /// Forget all agreements of the contract
        #[arg(long, conflicts_with = "psa")]
        clear: bool,
    },
    /// The choices of one line that is not synced; `none` takes a choice back
    #[command(group = clap::ArgGroup::new("choice").required(true).multiple(true))]
    Line {
        /// The line's id
        id: String,
        /// Its own company
        #[arg(long, value_name = "COMPANY|none", group = "choice")]
        company: Option<String>,
        /// Its own catalog item
        #[arg(long, value_name = "PRODUCT|none", group = "choice")]
        product: Option<String>,
        /// Its own agreement
        #[arg(long, value_name = "AGREEMENT|none", group = "choice")]
        agreement: Option<String>,
        /// First day posted
        #[arg(long, value_name = "YYYY-MM-DD", group = "choice")]
        start: Option<Date>,
        /// Last day posted; none: an open end
        #[arg(long, value_name = "YYYY-MM-DD|none", group = "choice")]
        end: Option<End>,
        /// Post a superseded line once, as an addition of its own
        #[arg(long, value_enum, value_name = "yes|no", group = "choice")]
        post_once: Option<YesNo>,
    },
}

/// Yes or no.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub enum YesNo {
    /// Yes
    Yes,
    /// No
    No,
}

/// A day, or no end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct End(Option<Date>);

impl FromStr for End {
    type Err = jiff::Error;
    fn from_str(s: &str) -> Result<Self, Self::Err> {
        if s.eq_ignore_ascii_case("none") {
            Ok(Self(None))
        } else {
            s.parse().map(|d| Self(Some(d)))
        }
    }
}

/// Sets it and shows what is so now.
pub async fn run(global: &Global, args: &SetArgs) -> Result<Answer, Failure> {
    let profile = home::open(global).await?;
    let store = &profile.store;
    let directory = Directory::open(store).await.map_err(fault)?;
    let source = profile.settings().source.id.clone();
    match args {
        SetArgs::Organization { id, psa, add, clear, excluded, reject, unreject } => {
            let (home, id) = place(&directory, MappingKind::Organization, id, &source);
            let mut edits = Vec::new();
            if *clear || !psa.is_empty() {
                let mut companies = match directory.organization(&home, &id) {
                    Some(now) if *add => now.companies.clone(),
                    _ => Vec::new(),
                };
                for word in psa {
                    let company = directory.find(MappingKind::Organization, word)?;
                    if !companies.contains(&company) {
                        companies.push(company);
                    }
                }
                edits.push(Edit::Companies {
                    source: home.clone(),
                    organization: id.clone(),
                    companies,
                });
            }
            if let Some(yes) = excluded {
                edits.push(Edit::Excluded {
                    source: home.clone(),
                    organization: id.clone(),
                    excluded: *yes == YesNo::Yes,
                });
            }
            for (company, rejected) in
                verdicts(&directory, MappingKind::Organization, reject, unreject)?
            {
                let (source, organization) = (home.clone(), id.clone());
                edits.push(Edit::RejectCompany { source, organization, company, rejected });
            }
            if edits.is_empty() {
                return Err(Failure::usage(
                    "nothing to set",
                    "give --psa COMPANY, --clear, --excluded yes|no or --reject COMPANY",
                ));
            }
            save(store, edits).await?;
            shown(store, MappingKind::Organization, &home, &id).await
        }
        SetArgs::Offer { id, psa, clear, reject, unreject } => {
            let (home, id) = place(&directory, MappingKind::Offer, id, &source);
            let product =
                psa.as_deref().map(|word| directory.find(MappingKind::Offer, word)).transpose()?;
            let mut edits = Vec::new();
            if product.is_some() || *clear {
                edits.push(Edit::Product { source: home.clone(), offer: id.clone(), product });
            }
            for (product, rejected) in verdicts(&directory, MappingKind::Offer, reject, unreject)? {
                let (source, offer) = (home.clone(), id.clone());
                edits.push(Edit::RejectProduct { source, offer, product, rejected });
            }
            save(store, edits).await?;
            shown(store, MappingKind::Offer, &home, &id).await
        }
        SetArgs::Contract { id, psa, .. } => {
            let (home, id) = place(&directory, MappingKind::Contract, id, &source);
            let edits = match psa {
                Some(word) => {
                    let agreement = directory.find(MappingKind::Contract, word)?;
                    // Agreements of the contract's other companies stay.
                    let company = directory.agreement(agreement).map(|a| a.company_id);
                    let mut all: Vec<i64> = directory
                        .remembered(&home, &id)
                        .into_iter()
                        .filter(|(_, of)| *of != company)
                        .map(|(id, _)| id)
                        .collect();
                    all.push(agreement);
                    directory.contract_edits(&home, &id, &all)
                }
                None => directory.contract_edits(&home, &id, &[]),
            };
            save(store, edits).await?;
            shown(store, MappingKind::Contract, &home, &id).await
        }
        SetArgs::Line { id, company, product, agreement, start, end, post_once } => {
            let line = find_line(store, id).await?;
            let mut edits = Vec::new();
            let find = |word: &Option<String>, kind| {
                word.as_deref().map(|w| choice(&directory, kind, w)).transpose()
            };
            if let Some(company) = find(company, MappingKind::Organization)? {
                edits.push(Edit::LineCompany { line: line.id, company });
            }
            if let Some(product) = find(product, MappingKind::Offer)? {
                edits.push(Edit::LineProduct { line: line.id, product });
            }
            if let Some(agreement) = find(agreement, MappingKind::Contract)? {
                edits.push(Edit::LineAgreement { line: line.id, agreement });
            }
            edits.extend(dates(line.id, *start, *end));
            if let Some(yes) = post_once {
                edits.push(Edit::LinePostOnce { line: line.id, post_once: *yes == YesNo::Yes });
            }
            save(store, edits).await?;
            line_answer(&find_line(store, id).await?)
        }
    }
}

/// `SOURCE/ID` names the source; else the one that knows the id, else the profile's.
fn place(directory: &Directory, kind: MappingKind, word: &str, source: &str) -> (Text, Text) {
    if let Some((home, id)) = word.split_once('/') {
        let known = match kind {
            MappingKind::Organization => directory.organization(home, id).is_some(),
            MappingKind::Offer => directory.offer(home, id).is_some(),
            MappingKind::Contract => !directory.remembered(home, id).is_empty(),
        };
        if known || home == source {
            return (home.into(), id.into());
        }
    }
    (directory.source_of(kind, word, source), word.into())
}

/// The records that are rejected, and those that no longer are.
fn verdicts(
    directory: &Directory,
    kind: MappingKind,
    reject: &[String],
    unreject: &[String],
) -> Result<Vec<(i64, bool)>, Failure> {
    let all = reject.iter().map(|w| (w, true)).chain(unreject.iter().map(|w| (w, false)));
    all.map(|(word, rejected)| Ok((directory.record(kind, word)?, rejected))).collect()
}

fn choice(directory: &Directory, kind: MappingKind, word: &str) -> Result<Option<i64>, Failure> {
    if word.eq_ignore_ascii_case("none") {
        return Ok(None);
    }
    Ok(Some(directory.find(kind, word)?))
}

fn dates(line: LineId, start: Option<Date>, end: Option<End>) -> Vec<Edit> {
    let start = start.map(|start| Edit::LineStart { line, start });
    let end = end.map(|End(end)| Edit::LineEnd { line, end });
    start.into_iter().chain(end).collect()
}

async fn save(store: &Store, edits: Vec<Edit>) -> Result<(), Failure> {
    changes::edit(store, "map set", edits).await.map(|_| ()).map_err(|e| Failure::Problem(fault(e)))
}

async fn find_line(store: &Store, key: &str) -> Result<Line, Failure> {
    store.line_by_key(key).await.map_err(fault)?.ok_or_else(|| {
        Failure::Problem(Problem::new(
            ProblemKind::Refused,
            "no-such-line",
            format!("there is no line `{}`", harmless(key)),
            "`addendum plan --json` names lines; SOURCE/KEY tells lines of two sources apart",
        ))
    })
}

async fn shown(
    store: &Store,
    kind: MappingKind,
    source: &str,
    id: &str,
) -> Result<Answer, Failure> {
    let items: Vec<_> = mappings(store)
        .await
        .map_err(fault)?
        .into_iter()
        .filter(|i| i.kind == kind && *i.source == *source && *i.id == *id)
        .collect();
    let document = json!({
        "action": "set",
        "mappings": items.iter().map(map::document).collect::<Vec<_>>(),
    });
    let mut text = Vec::new();
    for item in &items {
        let targets: Vec<String> =
            item.targets.iter().map(|t| format!("{} {}", t.id, harmless(&t.name))).collect();
        let targets = if targets.is_empty() { "not mapped".to_owned() } else { targets.join(", ") };
        let excluded = match item.excluded {
            Some(true) => "; excluded from sync",
            Some(false) => "; not excluded",
            None => "",
        };
        text.push(format!("{kind} {} {}: {targets}{excluded}", harmless(id), harmless(&item.name)));
    }
    if text.is_empty() {
        text.push(format!("{kind} {}: not mapped", harmless(id)));
    }
    Answer::new("map", &document, text.join("\n"))
}

fn line_answer(line: &Line) -> Result<Answer, Failure> {
    let d = &line.dates;
    let document: Value = json!({
        "action": "set",
        "line": {
            "line": &*line.key,
            "source": &*line.source,
            "period": line.period,
            "organization": &*line.organization_name,
            "offer": &*line.offer_name,
            "total": crate::domain::money::text(line.total),
            "currency": line.currency,
            "company": line.choice.company,
            "product": line.choice.product,
            "agreement": line.choice.agreement,
            "post_once": line.choice.post_once,
            "start": d.start,
            "start_badge": d.start_badge.as_str(),
            "end": d.end,
            "end_badge": d.end_badge.as_str(),
            "psa_status": line.psa_status,
        },
    });
    let or_rule = |id: Option<i64>| id.map_or("by mapping or rule".to_owned(), |id| id.to_string());
    let day = |date: Option<Date>, badge: &str| match (date, badge) {
        (Some(date), "") => date.to_string(),
        (Some(date), badge) => format!("{date} ({badge})"),
        (None, "") => "by rule".to_owned(),
        (None, badge) => format!("open ({badge})"),
    };
    let text = format!(
        "line {}: {} {}, {}\n  company    {}\n  product    {}\n  agreement  {}\n  start      {}\n  \
         end        {}\n  post once  {}",
        harmless(&line.key),
        crate::domain::money::text(line.total),
        line.currency,
        harmless(&line.organization_name),
        or_rule(line.choice.company),
        or_rule(line.choice.product),
        or_rule(line.choice.agreement),
        day(d.start, d.start_badge.as_str()),
        day(d.end, d.end_badge.as_str()),
        if line.choice.post_once { "yes" } else { "no" }
    );
    Answer::new("map", &document, text)
}

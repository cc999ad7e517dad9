//! What stands in the rows of the grids: plain values with the names already looked up, so that
//! drawing a row asks nobody anything.

use jiff::Timestamp;
use rust_decimal::Decimal;

use crate::domain::journal::{Run, RunId};
use crate::domain::line::{Line, LineId, Text};
use crate::domain::log::LogEntry;
use crate::domain::mapping::{OfferMapping, OrganizationMapping};
use crate::domain::money::Currency;
use crate::domain::plan::{Action, LineProblem, PlanEvent};
use crate::domain::price::Sale;
use crate::domain::status::{MappingStatus, PsaStatus};
use crate::sync::Finding;

/// Sums of money by currency, in the order of the codes.
pub type Money = Vec<(Currency, Decimal)>;

/// Adds an amount to sums.
pub fn add_money(sums: &mut Money, currency: Currency, amount: Decimal) {
    match sums.binary_search_by_key(&currency, |(c, _)| *c) {
        Ok(at) => sums[at].1 += amount,
        Err(at) => sums.insert(at, (currency, amount)),
    }
}

/// What names a row through sort, filter and refresh. Never its position.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum RowId {
    /// An invoice line.
    Line(LineId),
    /// An organization: source and id.
    Organization(Text, Text),
    /// An offer: source and id.
    Offer(Text, Text),
    /// An action of the plan on the screen.
    Action(u32),
    /// An event of the plan on the screen.
    Event(u32),
    /// A company of the plan on the screen, with the currency.
    Company(i64, Currency),
    /// A line that the plan or a run refuses, by key.
    Refused(Text),
    /// A run.
    Run(RunId),
    /// A finding of reconcile: marker, and a number among equal ones.
    Finding(Text, u32),
    /// A log entry.
    Log(i64),
}

/// A PSA record by number and name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Named {
    /// ConnectWise's number.
    pub id: i64,
    /// Its name, or what is said when it no longer exists.
    pub name: Text,
    /// Whether it is still there and usable.
    pub exists: bool,
}

/// What matching offers for a row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Suggestion {
    /// The PSA record.
    pub id: i64,
    /// Its name.
    pub name: Text,
    /// 0 to 100.
    pub score: u8,
    /// Why, in a few words.
    pub reason: Text,
    /// Whether it would be accepted without asking.
    pub sure: bool,
}

/// A row of the Organizations tab.
#[derive(Debug, Clone, PartialEq)]
pub struct OrganizationRow {
    /// The mapping.
    pub mapping: OrganizationMapping,
    /// Its companies with names, the default first.
    pub companies: Vec<Named>,
    /// Mapped, Unmapped or Response Error.
    pub status: MappingStatus,
    /// How many lines the store holds of it.
    pub lines: u64,
    /// Their money.
    pub money: Money,
    /// The best suggestion, where it is not mapped.
    pub suggestion: Option<Suggestion>,
}

/// A row of the Products tab.
#[derive(Debug, Clone, PartialEq)]
pub struct OfferRow {
    /// The mapping.
    pub mapping: OfferMapping,
    /// Its catalog item.
    pub product: Option<Named>,
    /// Mapped, Unmapped or Response Error.
    pub status: MappingStatus,
    /// How many lines the store holds of it.
    pub lines: u64,
    /// Their money.
    pub money: Money,
    /// The best suggestion, where it is not mapped.
    pub suggestion: Option<Suggestion>,
}

/// A row of the Invoices tab.
#[derive(Debug, Clone, PartialEq)]
pub struct LineRow {
    /// The line.
    pub line: Line,
    /// Its company: its own, else the organization's default.
    pub company: Option<Named>,
    /// Its product: its own, else the offer's.
    pub product: Option<Named>,
    /// Its agreement: its own, else the one remembered for its contract.
    pub agreement: Option<Named>,
    /// Mapped, Unmapped or Response Error.
    pub mapping: MappingStatus,
    /// Its organization is Excluded from Sync.
    pub excluded: bool,
    /// What it costs and was sold for, or would be by the rules of now.
    pub sale: Option<Sale>,
}

/// A company in a plan: what the plan does for it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CompanyRow {
    /// ConnectWise's number.
    pub id: i64,
    /// Its name.
    pub name: Text,
    /// Additions created.
    pub creates: u64,
    /// Additions updated.
    pub updates: u64,
    /// Additions cancelled.
    pub cancels: u64,
    /// Agreements created.
    pub agreements: u64,
    /// Money of the lines that the actions settle.
    pub amount: Decimal,
    /// Currency of `amount`.
    pub currency: Currency,
}

/// What stands in a row.
#[derive(Debug, Clone, PartialEq)]
pub enum Record {
    /// Organizations tab.
    Organization(Box<OrganizationRow>),
    /// Products tab.
    Offer(Box<OfferRow>),
    /// Invoices tab.
    Line(Box<LineRow>),
    /// Sync tab, plan by company.
    Company(CompanyRow),
    /// Sync tab, plan by action.
    Action(Box<Action>),
    /// Sync tab, plan by action: the lines of an event as one.
    Event(Box<PlanEvent>),
    /// Sync tab, refused lines.
    Refused(Box<LineProblem>),
    /// Sync tab, past runs.
    Run(Box<Run>),
    /// Sync tab, what reconcile found.
    Finding(&'static str, Box<Finding>),
    /// Logs tab.
    Log(Box<LogEntry>),
}

/// A row: its name and what it holds.
#[derive(Debug, Clone, PartialEq)]
pub struct Row {
    /// Its name.
    pub id: RowId,
    /// What it holds.
    pub record: Record,
}

impl Record {
    /// The money that marking the row adds to the footer.
    pub fn money(&self) -> Money {
        match self {
            Self::Organization(o) => o.money.clone(),
            Self::Offer(o) => o.money.clone(),
            Self::Line(l) => vec![(l.line.currency, l.line.source_total())],
            Self::Company(c) => vec![(c.currency, c.amount)],
            Self::Action(a) => vec![(a.currency, a.amount)],
            Self::Event(e) => vec![(e.currency, e.amount)],
            Self::Refused(_) | Self::Run(_) | Self::Finding(..) | Self::Log(_) => vec![],
        }
    }

    /// Whether a person should look at it: what `n` jumps to.
    pub fn needs_attention(&self) -> bool {
        use crate::domain::journal::RunState;
        match self {
            Self::Organization(o) => o.status != MappingStatus::Mapped,
            Self::Offer(o) => o.status != MappingStatus::Mapped,
            Self::Line(l) => {
                l.line.psa_status == PsaStatus::Error
                    || (l.mapping != MappingStatus::Mapped && !l.excluded)
                    || l.line.revision.is_some()
            }
            Self::Company(_) | Self::Action(_) | Self::Event(_) => false,
            Self::Refused(_) | Self::Finding(..) => true,
            Self::Run(r) => r.counts.failed > 0 || r.state != RunState::Done,
            Self::Log(e) => e.level > crate::domain::log::LogLevel::Info,
        }
    }
}

/// The time as screens show it: `YYYY-MM-DD HH:MM` in the given zone (domain.md 1.12).
pub fn clock_text(at: Timestamp, zone: &jiff::tz::TimeZone) -> String {
    at.to_zoned(zone.clone()).strftime("%Y-%m-%d %H:%M").to_string()
}

//! How things stand: what `status` prints and a first screen shows. Read from the store alone, so
//! that it answers at once, also without a network.

use std::collections::{BTreeMap, HashSet};

use jiff::Timestamp;
use rust_decimal::Decimal;

use crate::domain::audit::Anchoring;
use crate::domain::journal::Run;
use crate::domain::money::Currency;
use crate::domain::period::Period;
use crate::domain::plan::MoneyRow;
use crate::domain::problem::Problem;
use crate::domain::psa::{Company, Product};
use crate::domain::status::{MappingStatus, PsaStatus};
use crate::flows;
use crate::store::{AuditState, Moment, Store, StoreError, WithdrawnSum};
use crate::sync::fault;

use super::Profile;
use super::mapping_view::{company_usable, product_usable};

/// So many runs are named.
const RUNS: usize = 10;

/// How things stand.
#[derive(Debug, Clone, Default)]
pub struct Overview {
    /// When companies, products, agreements, lines and sync were last done.
    pub times: Times,
    /// Periods that hold lines, newest first.
    pub periods: Vec<Period>,
    /// Records held.
    pub records: Records,
    /// Lines by Mapping Status.
    pub mapping: BTreeMap<&'static str, u64>,
    /// Lines by Status in PSA.
    pub psa: BTreeMap<&'static str, u64>,
    /// All lines.
    pub lines: u64,
    /// The equation by currency.
    pub money: Vec<MoneyRow>,
    /// The last runs, the newest first.
    pub runs: Vec<Run>,
    /// What keeps lines from being posted, the first to be done first.
    pub blocks: Vec<Block>,
    /// How the audit journal stands.
    pub audit: Option<AuditState>,
}

/// When things were last done.
#[derive(Debug, Clone, Copy, Default, serde::Serialize)]
pub struct Times {
    /// `pull companies`
    pub companies: Option<Timestamp>,
    /// `pull products`
    pub products: Option<Timestamp>,
    /// `pull agreements`
    pub agreements: Option<Timestamp>,
    /// `load`
    pub load: Option<Timestamp>,
    /// Last Sync to PSA
    pub sync: Option<Timestamp>,
}

/// How many records the local copy holds.
#[derive(Debug, Clone, Copy, Default, serde::Serialize)]
pub struct Records {
    /// Companies.
    pub companies: u64,
    /// Catalog items.
    pub products: u64,
    /// Agreements.
    pub agreements: u64,
}

/// Something that keeps lines from being posted, and the command that helps.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Block {
    /// A stable kebab-case word.
    pub code: &'static str,
    /// What is so.
    pub message: String,
    /// What to do: a command, or a setting.
    pub remedy: String,
    /// Whether nothing at all can be posted before.
    pub set_up: bool,
    /// Lines concerned.
    pub lines: u64,
    /// Money concerned.
    pub money: BTreeMap<Currency, Decimal>,
}

impl Block {
    fn new(code: &'static str, message: impl Into<String>, remedy: impl Into<String>) -> Self {
        Self {
            code,
            message: message.into(),
            remedy: remedy.into(),
            set_up: false,
            lines: 0,
            money: BTreeMap::new(),
        }
    }

    fn set_up(mut self) -> Self {
        self.set_up = true;
        self
    }
}

/// Reads how things stand. `keys`: whether both keys were found; absent when nobody looked.
///
/// # Errors
/// The store cannot be read.
pub async fn overview(profile: &Profile, keys: Option<bool>) -> Result<Overview, Problem> {
    let store = &profile.store;
    let mut out = facts(store).await.map_err(fault)?;
    let mut blocks = set_up_blocks(profile, keys);
    if out.times.companies.is_none()
        || out.times.agreements.is_none()
        || out.times.products.is_none()
    {
        let message = "the PSA's companies, products and agreements were not all read yet";
        blocks.push(Block::new("not-pulled", message, "addendum pull").set_up());
    }
    if out.lines == 0 {
        blocks
            .push(Block::new("no-lines", "no invoice lines are loaded", "addendum load").set_up());
    }
    blocks.append(&mut out.blocks);
    let audit = store.audit_state().await.map_err(fault)?;
    if audit.anchor != Anchoring::Fits {
        let message = "the audit journal does not continue what was noted beside the store";
        blocks.push(Block::new("audit-broken", message, "addendum audit verify"));
    }
    out.audit = Some(audit);
    out.blocks = blocks;
    Ok(out)
}

fn set_up_blocks(profile: &Profile, keys: Option<bool>) -> Vec<Block> {
    let settings = profile.settings();
    let c = &settings.connectwise;
    let mut blocks = Vec::new();
    let missing: Vec<&str> = [
        ("connectwise.site", &c.site),
        ("connectwise.company_id", &c.company_id),
        ("connectwise.client_id", &c.client_id),
    ]
    .into_iter()
    .filter(|(_, value)| value.trim().is_empty())
    .map(|(name, _)| name)
    .collect();
    if !missing.is_empty() {
        let message = format!("not set: {}", missing.join(", "));
        let remedy = "addendum credentials set --site HOST --company-id COMPANY --client-id GUID";
        blocks.push(Block::new("no-connection", message, remedy).set_up());
    }
    if keys == Some(false) {
        let message = "the ConnectWise keys were not found";
        blocks.push(Block::new("no-keys", message, "addendum credentials set").set_up());
    }
    if settings.policy.agreement_type.as_deref().is_none_or(|t| t.trim().is_empty()) {
        let remedy = format!("set billing.agreement_type in {}", profile.paths.settings.display());
        blocks
            .push(Block::new("no-agreement-type", "no agreement type is chosen", remedy).set_up());
    }
    blocks
}

/// Adds a group of lines to a block's count.
fn add(block: &mut Block, lines: u64, currency: Currency, money: Decimal) {
    block.lines += lines;
    *block.money.entry(currency).or_default() += money;
}

async fn facts(store: &Store) -> Result<Overview, StoreError> {
    let groups = store.totals(&[]).await?;
    let organizations = store.organizations().await?;
    let offers = store.offers().await?;
    let companies = store.companies().await?;
    let products = store.products().await?;
    let good_companies: HashSet<i64> =
        companies.iter().filter(|c| company_usable(c)).map(|c: &Company| c.id).collect();
    let good_products: HashSet<i64> =
        products.iter().filter(|p| product_usable(p)).map(|p: &Product| p.id).collect();

    let excluded: HashSet<_> = organizations
        .iter()
        .filter(|o| o.excluded)
        .map(|o| (o.source.clone(), o.id.clone()))
        .collect();
    let has_company: HashSet<_> = organizations
        .iter()
        .filter(|o| o.companies.first().is_some_and(|c| good_companies.contains(c)))
        .map(|o| (o.source.clone(), o.id.clone()))
        .collect();
    let has_product: HashSet<_> = offers
        .iter()
        .filter(|o| o.product.is_some_and(|p| good_products.contains(&p)))
        .map(|o| (o.source.clone(), o.id.clone()))
        .collect();

    let mut no_company = Block::new(
        "unmapped-organizations",
        "",
        "addendum map list --unmapped --kind organization",
    );
    let mut no_product =
        Block::new("unmapped-offers", "", "addendum map list --unmapped --kind offer");
    let mut hidden = Block::new("excluded", "", "addendum map set organization ID --excluded no");
    let mut failed =
        Block::new("failed", "", "addendum retry; causes: addendum logs --level error");
    let mut posting = Block::new("unresolved", "", "addendum sync");
    let mut waiting = Block::new(
        "not-verified",
        "",
        "addendum load, once the invoices are verified at the source",
    );
    let mut revised = Block::new("revisions", "", "addendum reconcile");
    let (gone_posted, gone_open) = store.withdrawn().await?;
    let gone = |code, message: &str, remedy: &str, sum: WithdrawnSum| Block {
        lines: sum.lines,
        money: sum.money,
        ..Block::new(code, message, remedy)
    };
    let gone_posted = gone(
        "withdrawn-posted",
        "posted lines that the source no longer has; their money stays posted",
        "addendum undo RUN, with --credit for what is invoiced",
        gone_posted,
    );
    let gone_open = gone(
        "withdrawn",
        "lines not posted yet that the source no longer has",
        "addendum unload --period YYYY-MM --invoice NUMBER, where the invoice was voided",
        gone_open,
    );
    let (mut open_organizations, mut open_offers) = (HashSet::new(), HashSet::new());
    let mut hidden_organizations = HashSet::new();

    // The mapped records may be gone meanwhile: nobody could look.
    let unread = store.response_error().await?;
    let mut out = Overview {
        times: Times {
            companies: store.moment(Moment::Companies).await?,
            products: store.moment(Moment::Products).await?,
            agreements: store.moment(Moment::Agreements).await?,
            load: store.moment(Moment::Load).await?,
            sync: store.moment(Moment::Sync).await?,
        },
        periods: store.periods().await?,
        records: Records {
            companies: companies.len() as u64,
            products: products.len() as u64,
            agreements: store.agreements().await?.len() as u64,
        },
        runs: store.runs(RUNS).await?,
        ..Overview::default()
    };
    for status in [MappingStatus::Mapped, MappingStatus::Unmapped, MappingStatus::ResponseError] {
        out.mapping.insert(status.as_str(), 0);
    }
    for status in PsaStatus::ALL {
        out.psa.insert(status.as_str(), 0);
    }
    for g in &groups {
        out.lines += g.lines;
        *out.psa.entry(g.psa_status.as_str()).or_default() += g.lines;
        let organization = (g.source.clone(), g.organization.clone());
        let offer = (g.source.clone(), g.offer.clone());
        let company = match g.company {
            Some(c) => good_companies.contains(&c),
            None => has_company.contains(&organization),
        };
        let product = match g.product {
            Some(p) => good_products.contains(&p),
            None => has_product.contains(&offer),
        };
        let status = match company && product {
            true if unread => MappingStatus::ResponseError,
            true => MappingStatus::Mapped,
            false => MappingStatus::Unmapped,
        };
        *out.mapping.entry(status.as_str()).or_default() += g.lines;
        if g.psa_status == PsaStatus::Synced {
            if g.source_total != g.posted_total {
                add(&mut revised, g.lines, g.currency, g.source_total - g.posted_total);
            }
            continue;
        }
        let count = |block: &mut Block| add(block, g.lines, g.currency, g.source_total);
        if excluded.contains(&organization) {
            count(&mut hidden);
            hidden_organizations.insert(organization);
            continue;
        }
        if !company {
            count(&mut no_company);
            open_organizations.insert(organization);
        }
        if !product {
            count(&mut no_product);
            open_offers.insert(offer);
        }
        if company && product {
            match g.psa_status {
                PsaStatus::Error => count(&mut failed),
                PsaStatus::Posting => count(&mut posting),
                _ if !g.may_be_posted => count(&mut waiting),
                _ => {}
            }
        }
    }
    no_company.message = format!("organizations without a company: {}", open_organizations.len());
    no_product.message = format!("offers without a product: {}", open_offers.len());
    hidden.message = format!("organizations excluded from sync: {}", hidden_organizations.len());
    failed.message = "lines failed".into();
    posting.message = "writes without an answer; the next sync looks them up".into();
    waiting.message = "lines of invoices that are not verified yet".into();
    revised.message = "posted lines that the source has changed since".into();
    let blocks =
        [posting, failed, gone_posted, gone_open, no_company, no_product, hidden, waiting, revised];
    out.blocks = blocks.into_iter().filter(|b| b.lines > 0).collect();
    if unread {
        let message = "the PSA could not be read at the last refresh";
        out.blocks.insert(0, Block::new("response-error", message, "addendum pull"));
    }
    let rows = flows::equation(
        &groups,
        &organizations,
        &offers,
        &|id| good_companies.contains(&id),
        &|id| good_products.contains(&id),
    );
    out.money = flows::by_currency(&rows);
    Ok(out)
}

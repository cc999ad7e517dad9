//! What all seeds of one thread share: a PSA to copy from, stores to empty, and the records that a
//! pull brought once.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use addendum::config::Paths;
use addendum::connectwise::wire::Outside;
use addendum::connectwise::{ApiKeys, Client, Connection};
use addendum::domain::clock::Clock;
use addendum::domain::money::Currency;
use addendum::domain::policy::IdentityPlace;
use addendum::domain::psa::{Agreement, AgreementType, Company, CustomField, Product};
use addendum::sandbox::SandboxOptions;
use addendum::sandbox::direct::Direct;
use addendum::store::inline::Memory;
use addendum::store::{Store, StoreError};
use addendum::vault::Vault;
use jiff::civil::{Date, date};
use jiff::{SignedDuration, Timestamp};
use tokio::time::Instant;

use super::bill::Bill;
use super::chance::Chance;
use super::fate::Fate;
use super::lease::Key;
use super::network::{Line, Network, PATIENCE};
use super::trace::Trace;

/// The day on which every simulation begins.
pub const TODAY: Date = date(2026, 11, 21);
/// Agreement type of everything that is posted.
pub const TYPE: &str = "Managed Cloud";
/// The custom field for markers.
const FIELD: &str = "Addendum ID";

/// Where a profile would have its files and secrets: it has none, and what has no file needs no folder.
pub struct Home {
    pub paths: Arc<Paths>,
    pub vault: Vault,
}

impl Home {
    fn nowhere() -> Self {
        let paths = Paths::find(Some(Path::new("/nowhere")), "simulation").expect("a plain name");
        let vault = Vault::new(&paths, "simulation");
        Self { paths: paths.into(), vault }
    }
}

/// A company to bill.
#[derive(Debug, Clone)]
pub struct Customer {
    pub company: i64,
    pub currency: Currency,
}

/// What seeds of one thread share.
pub struct Stage {
    pub psa: Direct,
    pub memories: [Memory; 2],
    pub home: Arc<Home>,
    pub customers: Vec<Customer>,
    pub products: Vec<i64>,
    pub records: Records,
}

/// The records of the PSA that a store holds.
pub struct Records {
    pub companies: Vec<Company>,
    pub products: Vec<Product>,
    pub agreements: Vec<Agreement>,
    pub types: Vec<AgreementType>,
    pub fields: Vec<CustomField>,
}

/// A runtime whose time passes at once.
pub fn runtime() -> tokio::runtime::Runtime {
    tokio::runtime::Builder::new_current_thread()
        .enable_time()
        .start_paused(true)
        .build()
        .expect("a runtime without threads or sockets")
}

/// The time of day in a simulation that began then.
pub fn clock(began: Instant) -> Clock {
    let first: Timestamp = "2026-11-21T08:00:00Z".parse().expect("a time");
    Clock::of(move || {
        first + SignedDuration::try_from(began.elapsed()).expect("simulations are short")
    })
}

/// A client on a network, of a process that has this key to its profile's lease.
pub fn client(
    network: &Arc<Network>,
    fate: &Arc<Fate>,
    key: Option<Key>,
    seed: u64,
    rate: u32,
) -> Client {
    let connection = Connection {
        site: "http://127.0.0.1:1".into(),
        company_id: "sandbox".into(),
        client_id: "c".into(),
        concurrency: 4,
        requests_per_minute: rate,
        timeout: PATIENCE,
        max_retries: 3,
        root_certificate: None,
    };
    let keys = ApiKeys { public: "p".to_owned().into(), private: "k".to_owned().into() };
    let wire = Arc::new(Line { network: Arc::clone(network), fate: Arc::clone(fate), key });
    let outside = Outside { wire, clock: clock(network.began), jitter: Some(seed) };
    Client::over(&connection, &keys, None, outside).expect("the connection is complete")
}

impl Stage {
    pub fn new() -> Self {
        let options = SandboxOptions {
            companies: 24,
            lines: 2,
            today: Some(TODAY),
            addition_fields: vec!["Cost Centre".into(), FIELD.into()],
            ..SandboxOptions::default()
        };
        let psa = Direct::new(options).expect("no faults");
        let memories =
            [Memory::new().expect("a store in memory"), Memory::new().expect("a store in memory")];
        let all = runtime().block_on(pull(&psa));
        let customers = customers(&all);
        trim(&psa, &customers, &all);
        let mut records = runtime().block_on(pull(&psa));
        records.products.truncate(4);
        records.companies.retain(|c| customers.iter().any(|billed| billed.company == c.id));
        let numbers = records.products.iter().map(|p| p.id).collect();
        let home = Arc::new(Home::nowhere());
        let stage = Self { psa, memories, home, customers, products: numbers, records };
        for memory in &stage.memories {
            runtime()
                .block_on(async {
                    let store = memory.open(Arc::new(Fate::default()), Clock::system()).await?;
                    store.keep_products(stage.records.products.clone()).await?;
                    store.keep_agreement_types(stage.records.types.clone()).await?;
                    store.keep_custom_fields(stage.records.fields.clone()).await
                })
                .expect("a store in memory takes records");
        }
        stage
    }

    /// Puts these companies and their agreements, as they were at first, into an emptied store.
    pub async fn fill(&self, store: &Store, bill: &Bill) -> Result<(), StoreError> {
        let billed = |id: i64| bill.organizations.iter().any(|o| o.customer.company == id);
        let companies = self.records.companies.iter().filter(|c| billed(c.id));
        store.keep_companies(companies.cloned().collect()).await?;
        let agreements = self.records.agreements.iter().filter(|a| billed(a.company_id));
        store.keep_agreements(agreements.cloned().collect()).await.map(drop)
    }

    /// Where markers can go.
    pub fn places() -> [IdentityPlace; 2] {
        [IdentityPlace::SerialNumber, IdentityPlace::CustomField(FIELD.into())]
    }
}

/// Leaves out what nobody in a seed looks at, and each seed would copy, list and read: agreements of
/// other companies, and all types but that of what is posted and one other.
fn trim(psa: &Direct, customers: &[Customer], all: &Records) {
    let psa = psa.inspect();
    let posted = type_id(all);
    let other = all.types.iter().map(|t| t.id).find(|id| *id != posted);
    for agreement in &all.agreements {
        if customers.iter().all(|c| c.company != agreement.company_id) {
            psa.delete_agreement(agreement.id);
        } else if agreement.type_id != posted && other.is_some_and(|id| id != agreement.type_id) {
            psa.edit_agreement(agreement.id, |a| a.type_id = other.unwrap_or(a.type_id));
        }
    }
    psa.delete_unused_agreement_types();
}

/// The type of everything that is posted.
fn type_id(records: &Records) -> i64 {
    records.types.iter().find(|t| t.name == TYPE).expect("the sample's type").id
}

async fn pull(psa: &Direct) -> Records {
    let network = Arc::new(Network::new(psa.clone(), Chance::new(1), Trace::default(), false));
    let client = client(&network, &Arc::new(Fate::default()), None, 1, 0);
    let quiet = &|_: u64| {};
    let read = async {
        Ok::<_, addendum::connectwise::PsaError>(Records {
            companies: client.companies(quiet).await?,
            products: client.products(quiet).await?,
            agreements: client.agreements(quiet).await?,
            types: client.agreement_types().await?,
            fields: client.addition_custom_fields().await?.expect("the sample has fields"),
        })
    };
    tokio::time::timeout(Duration::from_secs(600), read)
        .await
        .expect("a quiet network answers")
        .expect("a quiet network refuses nothing")
}

/// One company for each way in which agreements can stand, and a few ordinary ones.
fn customers(records: &Records) -> Vec<Customer> {
    let type_id = type_id(records);
    let mut shapes: BTreeMap<String, u32> = BTreeMap::new();
    let mut chosen = Vec::new();
    for company in &records.companies {
        if company.deleted || company.contact.is_none() || company.status != "Active" {
            continue;
        }
        let own: Vec<&Agreement> = records
            .agreements
            .iter()
            .filter(|a| a.company_id == company.id && a.type_id == type_id)
            .collect();
        let shape: Vec<String> = own
            .iter()
            .map(|a| {
                format!(
                    "{:?} {:?} {:?} {} {}",
                    a.status, a.cycle, a.next_invoice, a.prorates, a.bills_once
                )
            })
            .collect();
        let seen = shapes.entry(shape.join("; ")).or_default();
        *seen += 1;
        if *seen <= 2 && chosen.len() < 10 {
            let currency = own.iter().find_map(|a| a.currency);
            let euro = || "EUR".parse().expect("a currency");
            chosen.push(Customer { company: company.id, currency: currency.unwrap_or_else(euro) });
        }
    }
    chosen
}

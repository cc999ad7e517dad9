//! Small numbers for the texts of the lines of one source, while they are loaded. Everything known
//! is held in memory; what is new is written at once.

use foldhash::{HashMap, HashMapExt};

use super::encoding::{day, month, position};
use super::error::StoreError;
use super::transaction::Transaction;
use crate::domain::invoice_status::InvoiceStatus;
use crate::domain::line::CanonicalLine;

/// An invoice as lines know it.
#[derive(Clone, Copy)]
pub(super) struct InvoiceCode {
    /// Its row.
    pub id: i64,
    /// Position of its number; invoices of one number may differ in date, status or currency.
    pub number: u32,
    /// The month of its date.
    pub month: i64,
}

/// The rows that a line refers to.
pub(super) struct Codes {
    pub invoice: InvoiceCode,
    pub customer: i64,
    pub item: i64,
    pub subscription: i64,
}

/// An organization or offer, and where its newest name stands.
struct Named {
    id: i64,
    /// The invoice date of the newest name.
    since: i64,
    /// Row of `customer` or `item` that has it.
    tuple: i64,
    dirty: bool,
}

/// Organizations with their customers, or offers with their items: what has a name that changes.
#[derive(Default)]
struct NamedTuples {
    by_key: HashMap<Box<str>, u32>,
    named: Vec<Named>,
    tuples: HashMap<Box<[u8]>, (i64, u32)>,
    next_named: i64,
    next_tuple: i64,
}

pub(super) struct Dictionary {
    source: i64,
    /// Reused for keys.
    buffer: Vec<u8>,
    invoices: HashMap<Box<[u8]>, InvoiceCode>,
    numbers: HashMap<Box<str>, u32>,
    /// Months in which each number has invoices.
    number_months: Vec<Vec<i64>>,
    invoice_numbers: HashMap<i64, u32>,
    organizations: NamedTuples,
    offers: NamedTuples,
    contracts: HashMap<Box<str>, i64>,
    subscriptions: HashMap<Box<[u8]>, i64>,
    next_invoice: i64,
    next_contract: i64,
    next_subscription: i64,
}

impl Dictionary {
    /// Reads what the store knows of a source.
    pub(super) fn read(tx: &Transaction<'_>, source: i64) -> Result<Self, StoreError> {
        let [organization, customer, offer, item, invoice, contract, subscription] = free(tx)?;
        let mut d = Self {
            source,
            buffer: Vec::new(),
            invoices: HashMap::new(),
            numbers: HashMap::new(),
            number_months: Vec::new(),
            invoice_numbers: HashMap::new(),
            organizations: NamedTuples {
                next_named: organization,
                next_tuple: customer,
                ..NamedTuples::default()
            },
            offers: NamedTuples { next_named: offer, next_tuple: item, ..NamedTuples::default() },
            contracts: HashMap::new(),
            subscriptions: HashMap::new(),
            next_invoice: invoice,
            next_contract: contract,
            next_subscription: subscription,
        };
        d.read_invoices(tx)?;
        d.organizations.read(
            tx,
            source,
            "SELECT id, key, named FROM organization WHERE source = ?1",
            "SELECT c.id, o.key, c.name, NULL, o.name = c.name FROM customer c \
             JOIN organization o ON o.id = c.organization WHERE o.source = ?1",
        )?;
        d.offers.read(
            tx,
            source,
            "SELECT id, key, named FROM offer WHERE source = ?1",
            "SELECT i.id, o.key, i.name, i.part_number, \
             o.name = i.name AND o.part_number IS i.part_number FROM item i \
             JOIN offer o ON o.id = i.offer WHERE o.source = ?1",
        )?;
        d.read_subscriptions(tx)?;
        Ok(d)
    }

    fn read_invoices(&mut self, tx: &Transaction<'_>) -> Result<(), StoreError> {
        let mut statement = tx.prepare_cached(
            "SELECT id, number, date, status, currency FROM invoice WHERE source = ?1",
        )?;
        let mut rows = statement.query([self.source])?;
        while let Some(r) = rows.next()? {
            let number = r.get_ref(1)?.as_str().map_err(rusqlite::Error::from)?;
            let currency = r.get_ref(4)?.as_str().map_err(rusqlite::Error::from)?;
            let (id, date, status): (i64, i64, i64) = (r.get(0)?, r.get(2)?, r.get(3)?);
            self.buffer.clear();
            invoice_key(&mut self.buffer, number, date, status, currency);
            let key = self.buffer.as_slice().into();
            self.keep_invoice(key, id, number, date)?;
        }
        Ok(())
    }

    fn keep_invoice(
        &mut self,
        key: Box<[u8]>,
        id: i64,
        number: &str,
        date: i64,
    ) -> Result<InvoiceCode, StoreError> {
        let at = match self.numbers.get(number) {
            Some(&at) => at,
            None => {
                let at = u32::try_from(self.number_months.len())
                    .map_err(|_| StoreError::fault("more invoices than can be counted"))?;
                self.numbers.insert(number.into(), at);
                self.number_months.push(Vec::new());
                at
            }
        };
        let month = month(crate::domain::period::Period::of(super::encoding::to_day(date)?));
        let months = &mut self.number_months[at as usize];
        if !months.contains(&month) {
            months.push(month);
        }
        let code = InvoiceCode { id, number: at, month };
        self.invoices.insert(key, code);
        self.invoice_numbers.insert(id, at);
        Ok(code)
    }

    fn read_subscriptions(&mut self, tx: &Transaction<'_>) -> Result<(), StoreError> {
        let mut statement = tx.prepare_cached("SELECT id, key FROM contract WHERE source = ?1")?;
        let mut rows = statement.query([self.source])?;
        while let Some(r) = rows.next()? {
            let key = r.get_ref(1)?.as_str().map_err(rusqlite::Error::from)?;
            self.contracts.insert(key.into(), r.get(0)?);
        }
        let mut statement = tx.prepare_cached(
            "SELECT s.id, c.key, s.key, s.name, s.cycle FROM subscription s \
             LEFT JOIN contract c ON c.id = s.contract WHERE s.source = ?1",
        )?;
        let mut rows = statement.query([self.source])?;
        while let Some(r) = rows.next()? {
            self.buffer.clear();
            for column in 1..=4 {
                let part = r.get_ref(column)?.as_str_or_null().map_err(rusqlite::Error::from)?;
                put(&mut self.buffer, part);
            }
            self.subscriptions.insert(self.buffer.as_slice().into(), r.get(0)?);
        }
        Ok(())
    }

    /// Position of the number of a stored invoice; absent for invoices of other sources.
    pub(super) fn number_of_invoice(&self, invoice: i64) -> Option<u32> {
        self.invoice_numbers.get(&invoice).copied()
    }

    /// How many invoice numbers are known.
    pub(super) fn numbers(&self) -> usize {
        self.number_months.len()
    }

    /// Months in which invoices of a number stand.
    pub(super) fn months_of_number(&self, number: u32) -> &[i64] {
        &self.number_months[number as usize]
    }

    /// The rows that a line refers to; new ones are written.
    pub(super) fn codes(
        &mut self,
        tx: &Transaction<'_>,
        line: &CanonicalLine,
    ) -> Result<Codes, StoreError> {
        let date = day(line.invoice_date);
        Ok(Codes {
            invoice: self.invoice(tx, line, date)?,
            customer: self.customer(tx, line, date)?,
            item: self.item(tx, line, date)?,
            subscription: self.subscription(tx, line)?,
        })
    }

    /// The rows of a line's organization and offer; the line was given codes before.
    pub(super) fn organization_and_offer(&self, line: &CanonicalLine) -> Option<(i64, i64)> {
        let id =
            |of: &NamedTuples, key: &str| of.by_key.get(key).map(|at| of.named[*at as usize].id);
        Some((id(&self.organizations, &line.organization_id)?, id(&self.offers, &line.offer_id)?))
    }

    fn invoice(
        &mut self,
        tx: &Transaction<'_>,
        line: &CanonicalLine,
        date: i64,
    ) -> Result<InvoiceCode, StoreError> {
        let status = position(&InvoiceStatus::ALL, &line.invoice_status);
        let currency = line.currency.as_str();
        self.buffer.clear();
        invoice_key(&mut self.buffer, &line.invoice_number, date, status, currency);
        if let Some(code) = self.invoices.get(self.buffer.as_slice()) {
            return Ok(*code);
        }
        let id = self.next_invoice;
        self.next_invoice += 1;
        tx.prepare_cached(
            "INSERT INTO invoice (id, source, number, date, status, currency) \
             VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
        )?
        .execute((id, self.source, &*line.invoice_number, date, status, currency))?;
        let key = self.buffer.as_slice().into();
        self.keep_invoice(key, id, &line.invoice_number, date)
    }

    fn customer(
        &mut self,
        tx: &Transaction<'_>,
        line: &CanonicalLine,
        date: i64,
    ) -> Result<i64, StoreError> {
        self.buffer.clear();
        put(&mut self.buffer, Some(&line.organization_id));
        put(&mut self.buffer, Some(&line.organization_name));
        put(&mut self.buffer, None);
        let known = &mut self.organizations;
        if let Some(id) = known.get(&self.buffer, date) {
            return Ok(id);
        }
        let (at, new) = known.named(&line.organization_id);
        let organization = known.named[at as usize].id;
        if new {
            tx.prepare_cached(
                "INSERT INTO organization (id, source, key, name) VALUES (?1, ?2, ?3, ?4)",
            )?
            .execute((
                organization,
                self.source,
                &*line.organization_id,
                &*line.organization_name,
            ))?;
        }
        let id = known.tuple(&self.buffer, at, date);
        tx.prepare_cached("INSERT INTO customer (id, organization, name) VALUES (?1, ?2, ?3)")?
            .execute((id, organization, &*line.organization_name))?;
        Ok(id)
    }

    fn item(
        &mut self,
        tx: &Transaction<'_>,
        line: &CanonicalLine,
        date: i64,
    ) -> Result<i64, StoreError> {
        self.buffer.clear();
        put(&mut self.buffer, Some(&line.offer_id));
        put(&mut self.buffer, Some(&line.offer_name));
        put(&mut self.buffer, line.part_number.as_deref());
        let known = &mut self.offers;
        if let Some(id) = known.get(&self.buffer, date) {
            return Ok(id);
        }
        let (at, new) = known.named(&line.offer_id);
        let offer = known.named[at as usize].id;
        if new {
            tx.prepare_cached("INSERT INTO offer (id, source, key, name) VALUES (?1, ?2, ?3, ?4)")?
                .execute((offer, self.source, &*line.offer_id, &*line.offer_name))?;
        }
        let id = known.tuple(&self.buffer, at, date);
        tx.prepare_cached(
            "INSERT INTO item (id, offer, name, part_number) VALUES (?1, ?2, ?3, ?4)",
        )?
        .execute((id, offer, &*line.offer_name, line.part_number.as_deref()))?;
        Ok(id)
    }

    fn subscription(
        &mut self,
        tx: &Transaction<'_>,
        line: &CanonicalLine,
    ) -> Result<i64, StoreError> {
        let (contract, key) = (line.contract_id.as_deref(), line.subscription_id.as_deref());
        let (name, cycle) = (line.subscription_name.as_deref(), line.billing_cycle.as_deref());
        self.buffer.clear();
        for part in [contract, key, name, cycle] {
            put(&mut self.buffer, part);
        }
        if let Some(id) = self.subscriptions.get(self.buffer.as_slice()) {
            return Ok(*id);
        }
        let contract = match contract {
            None => None,
            Some(contract) => Some(self.contract(tx, contract)?),
        };
        let id = self.next_subscription;
        self.next_subscription += 1;
        tx.prepare_cached(
            "INSERT INTO subscription (id, source, contract, key, name, cycle) \
             VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
        )?
        .execute((id, self.source, contract, key, name, cycle))?;
        self.subscriptions.insert(self.buffer.as_slice().into(), id);
        Ok(id)
    }

    fn contract(&mut self, tx: &Transaction<'_>, key: &str) -> Result<i64, StoreError> {
        if let Some(id) = self.contracts.get(key) {
            return Ok(*id);
        }
        let id = self.next_contract;
        self.next_contract += 1;
        tx.prepare_cached("INSERT INTO contract (id, source, key) VALUES (?1, ?2, ?3)")?
            .execute((id, self.source, key))?;
        self.contracts.insert(key.into(), id);
        Ok(id)
    }

    /// Writes the newest names of organizations and offers.
    pub(super) fn keep_newest_names(&self, tx: &Transaction<'_>) -> Result<(), StoreError> {
        let mut update = tx.prepare_cached(
            "UPDATE organization SET named = ?2, \
             name = (SELECT name FROM customer WHERE id = ?3) WHERE id = ?1",
        )?;
        for n in self.organizations.named.iter().filter(|n| n.dirty) {
            update.execute((n.id, n.since, n.tuple))?;
        }
        let mut update = tx.prepare_cached(
            "UPDATE offer SET named = ?2, (name, part_number) = \
             (SELECT name, part_number FROM item WHERE id = ?3) WHERE id = ?1",
        )?;
        for n in self.offers.named.iter().filter(|n| n.dirty) {
            update.execute((n.id, n.since, n.tuple))?;
        }
        Ok(())
    }
}

/// The next free numbers of organizations, customers, offers, items, invoices, contracts and
/// subscriptions.
fn free(tx: &Transaction<'_>) -> Result<[i64; 7], StoreError> {
    let mut statement = tx.prepare_cached(
        "SELECT (SELECT max(id) FROM organization), (SELECT max(id) FROM customer), \
         (SELECT max(id) FROM offer), (SELECT max(id) FROM item), (SELECT max(id) FROM invoice), \
         (SELECT max(id) FROM contract), (SELECT max(id) FROM subscription)",
    )?;
    let mut free = [0; 7];
    statement.query_row([], |r| {
        for (column, free) in free.iter_mut().enumerate() {
            *free = r.get::<_, Option<i64>>(column)?.unwrap_or_default() + 1;
        }
        Ok(())
    })?;
    Ok(free)
}

impl NamedTuples {
    fn read(
        &mut self,
        tx: &Transaction<'_>,
        source: i64,
        named: &str,
        tuples: &str,
    ) -> Result<(), StoreError> {
        let mut statement = tx.prepare_cached(named)?;
        let mut rows = statement.query([source])?;
        while let Some(r) = rows.next()? {
            let key = r.get_ref(1)?.as_str().map_err(rusqlite::Error::from)?;
            self.by_key.insert(key.into(), self.named.len() as u32);
            self.named.push(Named { id: r.get(0)?, since: r.get(2)?, tuple: 0, dirty: false });
        }
        let mut statement = tx.prepare_cached(tuples)?;
        let mut rows = statement.query([source])?;
        let mut buffer = Vec::new();
        while let Some(r) = rows.next()? {
            buffer.clear();
            let text = |column| r.get_ref(column)?.as_str_or_null().map_err(rusqlite::Error::from);
            for column in 1..=3 {
                put(&mut buffer, text(column)?);
            }
            let id: i64 = r.get(0)?;
            let at = text(1)?.and_then(|key| self.by_key.get(key)).copied().unwrap_or_default();
            if r.get(4)? {
                self.named[at as usize].tuple = id;
            }
            self.tuples.insert(buffer.as_slice().into(), (id, at));
        }
        Ok(())
    }

    /// The row that has exactly these texts; remembers when they are the newest.
    fn get(&mut self, key: &[u8], date: i64) -> Option<i64> {
        let &(id, at) = self.tuples.get(key)?;
        self.newest(at, id, date);
        Some(id)
    }

    fn newest(&mut self, at: u32, tuple: i64, date: i64) {
        let named = &mut self.named[at as usize];
        if date > named.since || (date == named.since && tuple != named.tuple) {
            // The date alone is worth no write.
            named.dirty |= tuple != named.tuple || named.since == 0;
            named.since = date;
            named.tuple = tuple;
        }
    }

    /// Position of the organization or offer, and whether it is new.
    fn named(&mut self, key: &str) -> (u32, bool) {
        if let Some(&at) = self.by_key.get(key) {
            return (at, false);
        }
        let at = self.named.len() as u32;
        self.named.push(Named { id: self.next_named, since: 0, tuple: 0, dirty: false });
        self.next_named += 1;
        self.by_key.insert(key.into(), at);
        (at, true)
    }

    fn tuple(&mut self, key: &[u8], at: u32, date: i64) -> i64 {
        let id = self.next_tuple;
        self.next_tuple += 1;
        self.tuples.insert(key.into(), (id, at));
        self.newest(at, id, date);
        id
    }
}

fn invoice_key(out: &mut Vec<u8>, number: &str, date: i64, status: i64, currency: &str) {
    put(out, Some(number));
    out.extend(date.to_le_bytes());
    out.push(status as u8);
    out.extend(currency.as_bytes());
}

/// A text as its length and its bytes, so that neighbours cannot run into each other.
fn put(out: &mut Vec<u8>, text: Option<&str>) {
    match text {
        None => out.extend(u32::MAX.to_le_bytes()),
        Some(t) => {
            out.extend((t.len() as u32).to_le_bytes());
            out.extend(t.as_bytes());
        }
    }
}

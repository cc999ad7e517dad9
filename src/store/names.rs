//! What a line's small numbers stand for: its invoice, customer, item and subscription.

use std::collections::hash_map::Entry;

use foldhash::{HashMap, HashMapExt};
use jiff::civil::Date;
use rusqlite::{Connection, OptionalExtension, Row};

use super::encoding::{at_position, to_day};
use super::error::StoreError;
use crate::domain::invoice_status::InvoiceStatus;
use crate::domain::line::Text;
use crate::domain::money::Currency;

/// Row of `invoice`.
#[derive(Clone)]
pub(super) struct Invoice {
    pub source: Text,
    pub number: Text,
    pub date: Date,
    pub status: InvoiceStatus,
    pub currency: Currency,
}

/// Row of `customer` with its organization.
#[derive(Clone)]
pub(super) struct Customer {
    pub organization_id: i64,
    pub organization: Text,
    pub name: Text,
}

/// Row of `item` with its offer.
#[derive(Clone)]
pub(super) struct Item {
    pub offer: Text,
    pub name: Text,
    pub part_number: Option<Text>,
}

/// Row of `subscription` with its contract.
#[derive(Clone)]
pub(super) struct Subscription {
    pub contract: Option<Text>,
    pub key: Option<Text>,
    pub name: Option<Text>,
    pub cycle: Option<Text>,
}

/// Texts, each held once.
#[derive(Default)]
struct Texts(HashMap<Text, ()>);

impl Texts {
    fn keep(&mut self, text: &str) -> Text {
        if let Some((kept, ())) = self.0.get_key_value(text) {
            return kept.clone();
        }
        let kept: Text = Text::from(text);
        self.0.insert(kept.clone(), ());
        kept
    }
}

/// Rows by number: those that were asked for, or all of them once one was.
enum Rows<T> {
    Few(HashMap<i64, T>),
    All(Vec<Option<T>>),
}

impl<T> Rows<T> {
    /// Reads the rows with these numbers that are not known yet, all in one question.
    fn gather(
        &mut self,
        conn: &Connection,
        (sql, table): (&str, &str),
        ids: &mut Vec<i64>,
        mut read: impl FnMut(&Row<'_>) -> Result<T, StoreError>,
    ) -> Result<(), StoreError> {
        let Self::Few(known) = self else { return Ok(()) };
        ids.sort_unstable();
        ids.dedup();
        ids.retain(|id| !known.contains_key(id));
        if ids.is_empty() {
            return Ok(());
        }
        let mut statement = conn.prepare_cached(&format!(
            "{sql} WHERE {table}.id IN (SELECT value FROM json_each(?1))"
        ))?;
        let mut rows = statement.query([json_list(ids)])?;
        while let Some(row) = rows.next()? {
            let value = read(row)?;
            self.put(row, value)?;
        }
        Ok(())
    }

    fn new(few: bool) -> Self {
        if few { Self::Few(HashMap::new()) } else { Self::All(Vec::new()) }
    }

    /// Keeps the value of a row.
    fn put(&mut self, row: &Row<'_>, value: T) -> Result<(), StoreError> {
        let id: i64 = row.get(0)?;
        match self {
            Self::Few(map) => {
                map.insert(id, value);
            }
            Self::All(list) => {
                let at = usize::try_from(id)
                    .map_err(|_| StoreError::fault("a row has a number below zero"))?;
                if list.len() <= at {
                    list.resize_with(at + 1, || None);
                }
                list[at] = Some(value);
            }
        }
        Ok(())
    }

    /// The row; where only a few are asked for, read when it is asked for first.
    fn get(
        &mut self,
        conn: &Connection,
        (sql, table): (&str, &str),
        id: i64,
        mut read: impl FnMut(&Row<'_>) -> Result<T, StoreError>,
    ) -> Result<&T, StoreError> {
        let missing = || StoreError::fault("a line refers to a row that is not there");
        match self {
            Self::Few(map) => match map.entry(id) {
                Entry::Occupied(known) => Ok(known.into_mut()),
                Entry::Vacant(gap) => {
                    let mut statement =
                        conn.prepare_cached(&format!("{sql} WHERE {table}.id = ?1"))?;
                    let row = statement.query_row([id], |row| Ok(read(row))).optional()?;
                    Ok(gap.insert(row.unwrap_or_else(|| Err(missing()))?))
                }
            },
            Self::All(list) => {
                let at = usize::try_from(id).map_err(|_| missing())?;
                list.get(at).and_then(Option::as_ref).ok_or_else(missing)
            }
        }
    }
}

/// Looks rows up. For a few lines it asks for each row; for many it reads a table whole, once.
pub(super) struct Names<'c> {
    conn: &'c Connection,
    texts: Texts,
    invoices: Rows<Invoice>,
    customers: Rows<Customer>,
    items: Rows<Item>,
    subscriptions: Rows<Subscription>,
    /// Invoices, customers and items are to be read whole.
    unread: bool,
    /// So are subscriptions, of which there are the most.
    unread_subscriptions: bool,
}

const INVOICE: &str = "SELECT i.id, i.number, i.date, i.status, i.currency, s.name \
     FROM invoice i JOIN source s ON s.id = i.source";
const CUSTOMER: &str = "SELECT c.id, o.id, o.key, c.name \
     FROM customer c JOIN organization o ON o.id = c.organization";
const ITEM: &str = "SELECT i.id, o.key, i.name, i.part_number \
     FROM item i JOIN offer o ON o.id = i.offer";
/// The three in one statement, and last in each row which of them it is from.
const WHOLE: &str = "SELECT i.id, i.number, i.date, i.status, i.currency, s.name, 0 \
     FROM invoice i JOIN source s ON s.id = i.source \
     UNION ALL SELECT c.id, o.id, o.key, c.name, NULL, NULL, 1 \
     FROM customer c JOIN organization o ON o.id = c.organization \
     UNION ALL SELECT i.id, o.key, i.name, i.part_number, NULL, NULL, 2 \
     FROM item i JOIN offer o ON o.id = i.offer";
const SUBSCRIPTION: &str = "SELECT s.id, c.key, s.key, s.name, s.cycle \
     FROM subscription s LEFT JOIN contract c ON c.id = s.contract";

impl<'c> Names<'c> {
    /// For a few lines.
    pub(super) fn few(conn: &'c Connection) -> Self {
        Self::new(conn, true)
    }

    /// For whole periods.
    pub(super) fn all(conn: &'c Connection) -> Self {
        Self::new(conn, false)
    }

    fn new(conn: &'c Connection, few: bool) -> Self {
        Self {
            conn,
            texts: Texts::default(),
            invoices: Rows::new(few),
            customers: Rows::new(few),
            items: Rows::new(few),
            subscriptions: Rows::new(few),
            unread: !few,
            unread_subscriptions: !few,
        }
    }

    /// Reads invoices, customers and items whole, unless they are, or only a few are asked for.
    fn read(&mut self) -> Result<(), StoreError> {
        if !std::mem::take(&mut self.unread) {
            return Ok(());
        }
        let texts = &mut self.texts;
        each(self.conn, WHOLE, |r| match r.get(6)? {
            0 => self.invoices.put(r, invoice(texts, r)?),
            1 => self.customers.put(r, customer(texts, r)?),
            _ => self.items.put(r, item(texts, r)?),
        })
    }

    /// Reads in four questions what lines refer to, by numbers of invoice, customer, item and
    /// subscription.
    pub(super) fn gather(&mut self, mut ids: [Vec<i64>; 4]) -> Result<(), StoreError> {
        let (conn, texts) = (self.conn, &mut self.texts);
        let [invoices, customers, items, subscriptions] = &mut ids;
        self.invoices.gather(conn, (INVOICE, "i"), invoices, |r| invoice(texts, r))?;
        self.customers.gather(conn, (CUSTOMER, "c"), customers, |r| customer(texts, r))?;
        self.items.gather(conn, (ITEM, "i"), items, |r| item(texts, r))?;
        self.subscriptions
            .gather(conn, (SUBSCRIPTION, "s"), subscriptions, |r| subscription(texts, r))
    }

    /// A text, held once among all lines.
    pub(super) fn text(&mut self, text: &str) -> Text {
        self.texts.keep(text)
    }

    pub(super) fn invoice(&mut self, id: i64) -> Result<&Invoice, StoreError> {
        self.read()?;
        self.invoices.get(self.conn, (INVOICE, "i"), id, |r| invoice(&mut self.texts, r))
    }

    pub(super) fn customer(&mut self, id: i64) -> Result<&Customer, StoreError> {
        self.read()?;
        self.customers.get(self.conn, (CUSTOMER, "c"), id, |r| customer(&mut self.texts, r))
    }

    pub(super) fn item(&mut self, id: i64) -> Result<&Item, StoreError> {
        self.read()?;
        self.items.get(self.conn, (ITEM, "i"), id, |r| item(&mut self.texts, r))
    }

    pub(super) fn subscription(&mut self, id: i64) -> Result<&Subscription, StoreError> {
        if std::mem::take(&mut self.unread_subscriptions) {
            each(self.conn, SUBSCRIPTION, |r| {
                self.subscriptions.put(r, subscription(&mut self.texts, r)?)
            })?;
        }
        let read = |r: &Row<'_>| subscription(&mut self.texts, r);
        self.subscriptions.get(self.conn, (SUBSCRIPTION, "s"), id, read)
    }
}

/// Numbers as a JSON list: how many of them are bound to one parameter.
pub(super) fn json_list(ids: &[i64]) -> String {
    let ids: Vec<String> = ids.iter().map(i64::to_string).collect();
    format!("[{}]", ids.join(","))
}

/// Calls `take` for each row.
pub(super) fn each(
    conn: &Connection,
    sql: &str,
    mut take: impl FnMut(&Row<'_>) -> Result<(), StoreError>,
) -> Result<(), StoreError> {
    let mut statement = conn.prepare_cached(sql)?;
    let mut rows = statement.query([])?;
    while let Some(row) = rows.next()? {
        take(row)?;
    }
    Ok(())
}

fn text(texts: &mut Texts, row: &Row<'_>, column: usize) -> Result<Text, StoreError> {
    Ok(texts.keep(row.get_ref(column)?.as_str().map_err(rusqlite::Error::from)?))
}

fn text_or_none(
    texts: &mut Texts,
    row: &Row<'_>,
    column: usize,
) -> Result<Option<Text>, StoreError> {
    let value = row.get_ref(column)?.as_str_or_null().map_err(rusqlite::Error::from)?;
    Ok(value.map(|t| texts.keep(t)))
}

fn invoice(texts: &mut Texts, row: &Row<'_>) -> Result<Invoice, StoreError> {
    Ok(Invoice {
        number: Text::from(row.get_ref(1)?.as_str().map_err(rusqlite::Error::from)?),
        date: to_day(row.get(2)?)?,
        status: at_position(&InvoiceStatus::ALL, row.get(3)?)?,
        currency: to_currency(row.get_ref(4)?.as_str().map_err(rusqlite::Error::from)?)?,
        source: text(texts, row, 5)?,
    })
}

fn customer(texts: &mut Texts, row: &Row<'_>) -> Result<Customer, StoreError> {
    Ok(Customer {
        organization_id: row.get(1)?,
        organization: text(texts, row, 2)?,
        name: text(texts, row, 3)?,
    })
}

fn item(texts: &mut Texts, row: &Row<'_>) -> Result<Item, StoreError> {
    Ok(Item {
        offer: text(texts, row, 1)?,
        name: text(texts, row, 2)?,
        part_number: text_or_none(texts, row, 3)?,
    })
}

fn subscription(texts: &mut Texts, row: &Row<'_>) -> Result<Subscription, StoreError> {
    Ok(Subscription {
        contract: text_or_none(texts, row, 1)?,
        key: text_or_none(texts, row, 2)?,
        name: text_or_none(texts, row, 3)?,
        cycle: text_or_none(texts, row, 4)?,
    })
}

/// The currency of a column.
pub(super) fn to_currency(text: &str) -> Result<Currency, StoreError> {
    text.parse().map_err(|_| StoreError::fault("a stored currency cannot be read"))
}

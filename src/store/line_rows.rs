//! Reading lines back.

use std::sync::Arc;

use foldhash::HashMap;
use rusqlite::types::Value;
use rusqlite::{Connection, OptionalExtension, Row, params_from_iter};
use rust_decimal::Decimal;

use super::about_lines::about_lines;
use super::encoding::{
    at_position, identity, line_numbers, month, short, to_amount, to_amount_or_none, to_badges,
    to_day, to_month,
};
use super::error::StoreError;
use super::line_order::in_order;
use super::months::{held, held_of};
use super::names::{Names, json_list};
use super::sides::SideRows;
use super::{Store, encoding, revisions};
use crate::domain::charge_type::ChargeType;
use crate::domain::line::{Line, LineDates, LineId, Posted, Revision, Text};
use crate::domain::line_choice::LineChoice;
use crate::domain::line_extra::LineSide;
use crate::domain::period::Period;
use crate::domain::status::PsaStatus;

/// What [`line`] reads, in its order.
const LINE: [&str; 2] = about_lines!(
    "SELECT id, invoice, customer, item, psa_status, total, subscription, charge_type, \
     charge_start, charge_end, start_date, end_date, badges, quantity, unit_price, unit_cost, key \
     FROM line",
    "id"
);

impl Store {
    /// Periods that hold lines, newest first.
    pub async fn periods(&self) -> Result<Vec<Period>, StoreError> {
        self.read(|conn| held(conn)?.into_iter().rev().map(|h| to_month(h.month)).collect()).await
    }

    /// All lines of these periods, of all periods when none is named; by period, invoice date, key.
    pub async fn lines_in(&self, periods: &[Period]) -> Result<Vec<Line>, StoreError> {
        let wanted: Vec<i64> = periods.iter().map(|p| month(*p)).collect();
        self.read(move |conn| {
            let (mut names, mut lines) = (Names::all(conn), Vec::new());
            for h in held_of(conn, &wanted)? {
                each_line(conn, &mut names, line_numbers(h.month), |line, _| {
                    lines.push(line);
                    Ok(())
                })?;
            }
            in_order(&mut lines);
            Ok(lines)
        })
        .await
    }

    /// One line by its key (`KEY` or `SOURCE/KEY`).
    pub async fn line_by_key(&self, key: &str) -> Result<Option<Line>, StoreError> {
        let key = key.to_owned();
        self.read(move |conn| match number_of(conn, &key)? {
            Some(id) => one_line(conn, id),
            None => Ok(None),
        })
        .await
    }

    /// Lines posted under a marker.
    pub async fn lines_of(&self, marker: &str) -> Result<Vec<Line>, StoreError> {
        let marker = marker.to_owned();
        self.read(move |conn| {
            let ids = ids(
                conn,
                "SELECT p.line FROM posting p JOIN own_addition a ON a.id = p.addition \
                 WHERE a.marker = ?1 ORDER BY p.line",
                &marker,
            )?;
            read_many(conn, &mut Names::few(conn), &ids)
        })
        .await
    }
}

/// Numbers that a statement with one text parameter gives.
pub(super) fn ids(conn: &Connection, sql: &str, parameter: &str) -> Result<Vec<i64>, StoreError> {
    let mut statement = conn.prepare_cached(sql)?;
    let rows = statement.query_map([parameter], |r| r.get(0))?;
    Ok(rows.collect::<Result<_, _>>()?)
}

/// The number of the line with a key, written `KEY` or `SOURCE/KEY`.
pub(super) fn number_of(conn: &Connection, key: &str) -> Result<Option<i64>, StoreError> {
    let sources: Vec<(i64, String)> = {
        let mut statement = conn.prepare_cached("SELECT id, name FROM source ORDER BY id")?;
        let rows = statement.query_map([], |r| Ok((r.get(0)?, r.get(1)?)))?;
        rows.collect::<Result<_, _>>()?
    };
    for (source, _) in &sources {
        if let Some(id) = number_in(conn, *source, key)? {
            return Ok(Some(id));
        }
    }
    for (source, name) in &sources {
        let rest = key.strip_prefix(name.as_str()).and_then(|r| r.strip_prefix('/'));
        if let Some(rest) = rest
            && let Some(id) = number_in(conn, *source, rest)?
        {
            return Ok(Some(id));
        }
    }
    Ok(None)
}

/// The number of the line with this key of a source.
pub(super) fn number_in(
    conn: &Connection,
    source: i64,
    key: &str,
) -> Result<Option<i64>, StoreError> {
    let mut statement = conn.prepare_cached(
        "SELECT k.line FROM line_key k JOIN line l ON l.id = k.line JOIN invoice i \
         ON i.id = l.invoice WHERE k.hash = ?1 AND l.key = ?2 AND i.source = ?3",
    )?;
    let hash = short(identity(source, key));
    Ok(statement.query_row((hash, key, source), |r| r.get(0)).optional()?)
}

/// One line by its number.
pub(super) fn one_line(conn: &Connection, id: i64) -> Result<Option<Line>, StoreError> {
    read_one(conn, &mut Names::few(conn), id)
}

/// One line by its number, with names looked up before.
pub(super) fn read_one(
    conn: &Connection,
    names: &mut Names<'_>,
    id: i64,
) -> Result<Option<Line>, StoreError> {
    Ok(read_many(conn, names, &[id])?.pop())
}

/// Lines by number, in the order asked for; those that are gone are left out. As many statements
/// for a screenful as for one line.
pub(super) fn read_many(
    conn: &Connection,
    names: &mut Names<'_>,
    ids: &[i64],
) -> Result<Vec<Line>, StoreError> {
    gather_names(conn, names, ids)?;
    let place: HashMap<i64, usize> = ids.iter().enumerate().map(|(at, id)| (*id, at)).collect();
    let mut lines = Vec::with_capacity(ids.len());
    each(conn, names, &Which::Listed(ids), |line, _| {
        lines.push(line);
        Ok(())
    })?;
    lines.sort_by_key(|line| place.get(&line.id.0).copied());
    Ok(lines)
}

/// Reads together what a list of lines refers to: row by row it would be four questions a line.
fn gather_names(conn: &Connection, names: &mut Names<'_>, ids: &[i64]) -> Result<(), StoreError> {
    if ids.len() < 2 {
        return Ok(());
    }
    let mut statement = conn.prepare_cached(
        "SELECT invoice, customer, item, subscription FROM line \
         WHERE id IN (SELECT value FROM json_each(?1))",
    )?;
    let mut rows = statement.query([json_list(ids)])?;
    let mut wanted: [Vec<i64>; 4] = Default::default();
    while let Some(row) = rows.next()? {
        for (column, list) in wanted.iter_mut().enumerate() {
            list.push(row.get(column)?);
        }
    }
    names.gather(wanted)
}

/// Calls `take` for the lines with numbers in the range, in order of their numbers.
pub(super) fn each_line(
    conn: &Connection,
    names: &mut Names<'_>,
    range: (i64, i64),
    take: impl FnMut(Line, Codes) -> Result<(), StoreError>,
) -> Result<(), StoreError> {
    each(conn, names, &Which::Between(range), take)
}

/// Which lines are read.
enum Which<'a> {
    /// With numbers from one to another.
    Between((i64, i64)),
    /// With these numbers.
    Listed(&'a [i64]),
}

impl Which<'_> {
    /// The form of a statement that is about these lines.
    fn of<'s>(&self, forms: &[&'s str; 2]) -> &'s str {
        match self {
            Self::Between(_) => forms[0],
            Self::Listed(_) => forms[1],
        }
    }

    /// Which of the tables beside `line` have anything about these lines, in the order of [`Sides`]:
    /// most lines have nothing in most of them, and one question costs less than one for each.
    fn have(&self, conn: &Connection) -> Result<[bool; 5], StoreError> {
        macro_rules! any {
            ($holds:literal) => {
                any!($holds, "line_choice", "posting", "revision", "line_side", "line_problem")
            };
            ($holds:literal, $($table:literal),+) => {
                concat!("SELECT 1", $(", EXISTS (SELECT 1 FROM ", $table, " WHERE ", $holds, ")"),+)
            };
        }
        let mut statement = conn.prepare_cached(match self {
            Self::Between(_) => any!("line BETWEEN ?1 AND ?2"),
            Self::Listed(_) => any!("line IN (SELECT value FROM json_each(?1))"),
        })?;
        Ok(statement.query_row(params_from_iter(self.parameters()), |row| {
            Ok([row.get(1)?, row.get(2)?, row.get(3)?, row.get(4)?, row.get(5)?])
        })?)
    }

    fn parameters(&self) -> Vec<Value> {
        match self {
            Self::Between((first, last)) => vec![(*first).into(), (*last).into()],
            Self::Listed(ids) => vec![json_list(ids).into()],
        }
    }
}

fn each(
    conn: &Connection,
    names: &mut Names<'_>,
    which: &Which<'_>,
    mut take: impl FnMut(Line, Codes) -> Result<(), StoreError>,
) -> Result<(), StoreError> {
    let mut sides = Sides::read(conn, names, which)?;
    let mut statement = conn.prepare_cached(which.of(&LINE))?;
    let mut rows = statement.query(params_from_iter(which.parameters()))?;
    while let Some(row) = rows.next()? {
        let codes = Codes {
            invoice: row.get(1)?,
            customer: row.get(2)?,
            item: row.get(3)?,
            subscription: row.get(6)?,
        };
        take(line(row, codes, names, &mut sides)?, codes)?;
    }
    Ok(())
}

/// The rows that a line refers to.
#[derive(Clone, Copy)]
pub(super) struct Codes {
    pub invoice: i64,
    pub customer: i64,
    pub item: i64,
    pub subscription: i64,
}

/// Rows of a table beside `line`, in order of the line's number.
struct Side<T> {
    rows: std::iter::Peekable<std::vec::IntoIter<(i64, T)>>,
}

impl<T> Side<T> {
    /// Reads them, where there `is` any, with the form of a statement that is about these lines.
    fn read(
        conn: &Connection,
        is: bool,
        forms: &[&str; 2],
        which: &Which<'_>,
        mut read: impl FnMut(&Row<'_>) -> Result<T, StoreError>,
    ) -> Result<Self, StoreError> {
        if !is {
            return Ok(Self { rows: Vec::new().into_iter().peekable() });
        }
        let mut statement = conn.prepare_cached(which.of(forms))?;
        let mut rows = statement.query(params_from_iter(which.parameters()))?;
        let mut found = Vec::new();
        while let Some(row) = rows.next()? {
            found.push((row.get(0)?, read(row)?));
        }
        Ok(Self { rows: found.into_iter().peekable() })
    }

    /// All values.
    fn values(&self) -> Vec<T>
    where
        T: Copy + Ord,
    {
        let mut values: Vec<T> = self.rows.clone().map(|(_, value)| value).collect();
        values.sort_unstable();
        values.dedup();
        values
    }

    /// The row of a line; lines are asked for in order.
    fn take(&mut self, line: i64) -> Option<T> {
        while self.rows.next_if(|(at, _)| *at < line).is_some() {}
        self.rows.next_if(|(at, _)| *at == line).map(|(_, value)| value)
    }
}

struct Sides {
    choices: Side<LineChoice>,
    postings: Side<(Text, i64, i64, Option<Decimal>)>,
    revisions: Side<Box<Revision>>,
    told: Side<Arc<LineSide>>,
    problems: Side<Box<crate::domain::problem::Problem>>,
}

impl Sides {
    fn read(
        conn: &Connection,
        names: &mut Names<'_>,
        which: &Which<'_>,
    ) -> Result<Self, StoreError> {
        let [choice, posting, revision, side, problem] = which.have(conn)?;
        let mut known = SideRows::default();
        let mut numbers: Side<i64> = Side::read(
            conn,
            side,
            &about_lines!("SELECT line, side FROM line_side"),
            which,
            |r| Ok(r.get(1)?),
        )?;
        known.gather(conn, &numbers.values())?;
        let mut told = Vec::new();
        for (line, side) in numbers.rows.by_ref() {
            told.push((line, known.get(conn, side)?));
        }
        Ok(Self {
            choices: Side::read(
                conn,
                choice,
                &about_lines!(
                    "SELECT line, company, product, agreement, post_once FROM line_choice"
                ),
                which,
                |r| {
                    Ok(LineChoice {
                        company: r.get(1)?,
                        product: r.get(2)?,
                        agreement: r.get(3)?,
                        post_once: r.get(4)?,
                    })
                },
            )?,
            postings: Side::read(
                conn,
                posting,
                &about_lines!(
                    "SELECT p.line, a.marker, a.agreement, a.addition, p.sold FROM posting p \
                     JOIN own_addition a ON a.id = p.addition",
                    "p.line"
                ),
                which,
                |r| {
                    let marker = r.get_ref(1)?.as_str().map_err(rusqlite::Error::from)?;
                    let sold = to_amount_or_none(r.get_ref(4)?)?;
                    Ok((names.text(marker), r.get(2)?, r.get(3)?, sold))
                },
            )?,
            revisions: Side::read(conn, revision, &revisions::SELECT, which, |r| {
                let side: Option<i64> = r.get(15)?;
                let side = side.map(|id| known.get(conn, id)).transpose()?;
                Ok(Box::new(revisions::revision(r, names, side.as_deref())?))
            })?,
            told: Side { rows: told.into_iter().peekable() },
            problems: Side::read(
                conn,
                problem,
                &about_lines!("SELECT line, problem FROM line_problem"),
                which,
                |r| {
                    let text = r.get_ref(1)?.as_str().map_err(rusqlite::Error::from)?;
                    Ok(Box::new(serde_json::from_str(text)?))
                },
            )?,
        })
    }
}

/// A row of [`LINE`] as a line.
fn line(
    row: &Row<'_>,
    codes: Codes,
    names: &mut Names<'_>,
    sides: &mut Sides,
) -> Result<Line, StoreError> {
    let id: i64 = row.get(0)?;
    let day = |column| -> Result<_, StoreError> {
        row.get::<_, Option<i64>>(column)?.map(to_day).transpose()
    };
    let invoice = names.invoice(codes.invoice)?;
    let (source, invoice_number) = (invoice.source.clone(), invoice.number.clone());
    let (invoice_date, invoice_status, currency) = (invoice.date, invoice.status, invoice.currency);
    let customer = names.customer(codes.customer)?;
    let (organization_id, organization_name) =
        (customer.organization.clone(), customer.name.clone());
    let item = names.item(codes.item)?;
    let (offer_id, offer_name, part_number) =
        (item.offer.clone(), item.name.clone(), item.part_number.clone());
    let subscription = names.subscription(codes.subscription)?.clone();
    let total = to_amount(row.get_ref(5)?)?;
    let (start_badge, end_badge) = to_badges(row.get(12)?);
    let key = row.get_ref(16)?.as_str().map_err(rusqlite::Error::from)?;
    Ok(Line {
        id: LineId(id),
        source,
        key: Text::from(key),
        period: Period::of(invoice_date),
        invoice_number,
        invoice_date,
        invoice_status,
        organization_id,
        organization_name,
        contract_id: subscription.contract,
        subscription_id: subscription.key,
        subscription_name: subscription.name,
        offer_id,
        offer_name,
        part_number,
        charge_type: at_position(&ChargeType::ALL, row.get(7)?)?,
        billing_cycle: subscription.cycle,
        charge_start: to_day(row.get(8)?)?,
        charge_end: day(9)?,
        quantity: to_amount(row.get_ref(13)?)?,
        unit_price: to_amount_or_none(row.get_ref(14)?)?,
        unit_cost: to_amount_or_none(row.get_ref(15)?)?,
        total,
        currency,
        side: sides.told.take(id),
        dates: LineDates { start: day(10)?, start_badge, end: day(11)?, end_badge },
        choice: sides.choices.take(id).map(Into::into).unwrap_or_default(),
        psa_status: at_position(&PsaStatus::ALL, row.get(4)?)?,
        // A posted line is frozen, so what was posted for it is its total.
        posted: sides.postings.take(id).map(|(marker, agreement_id, addition_id, sold)| {
            let sold = sold.unwrap_or(total);
            Box::new(Posted { marker, agreement_id, addition_id, total, sold })
        }),
        revision: sides.revisions.take(id),
        error: sides.problems.take(id),
    })
}

/// The status of a line, if it is there.
pub(super) fn status_of(conn: &Connection, line: i64) -> Result<Option<PsaStatus>, StoreError> {
    let mut statement = conn.prepare_cached("SELECT psa_status FROM line WHERE id = ?1")?;
    let code: Option<i64> = statement.query_row([line], |r| r.get(0)).optional()?;
    code.map(|c| encoding::at_position(&PsaStatus::ALL, c)).transpose()
}

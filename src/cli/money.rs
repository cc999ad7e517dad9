//! Money in documents and tables: strings with their decimals (design 7).

use rust_decimal::Decimal;
use serde_json::{Value, json};

use super::shell::table::{Align, Table};
use crate::domain::money::text;
use crate::domain::plan::MoneyRow;
use crate::domain::price::SalesRow;

/// The equation of one currency as JSON, for documents that add to it.
pub fn row_document(row: &MoneyRow) -> Value {
    json!(row)
}

/// A part of the equation: its title and where it is read.
type Part = (&'static str, fn(&MoneyRow) -> Decimal);

/// The equation as a table, one line a currency.
pub fn rows_text(rows: &[MoneyRow]) -> String {
    let parts: [Part; 7] = [
        ("Source", |r| r.source),
        ("=Posted", |r| r.posted),
        ("+Excluded", |r| r.excluded),
        ("+Unmapped", |r| r.unmapped),
        ("+Failed", |r| r.failed),
        ("+Open", |r| r.open),
        ("+Revisions", |r| r.revisions),
    ];
    let mut heads = vec![("", Align::Left)];
    heads.extend(parts.iter().map(|(name, _)| (*name, Align::Right)));
    let mut table = Table::new(&heads);
    for row in rows {
        let amounts = parts.iter().map(|(_, part)| text(part(row)));
        table.row(std::iter::once(row.currency.to_string()).chain(amounts));
    }
    let mut out = table.text();
    // Seven amounts in a row pass 80 columns with large sums: then one line a part.
    if out.lines().any(|l| l.len() > 80) {
        let mut table =
            Table::new(&[("Money", Align::Left), ("", Align::Left), ("Amount", Align::Right)]);
        for row in rows {
            for (name, part) in &parts {
                table.row([(*name).to_owned(), row.currency.to_string(), text(part(row))]);
            }
        }
        out = table.text();
    }
    for row in rows.iter().filter(|r| !r.holds()) {
        out.push_str(&format!("\n{}: the equation does not hold", row.currency));
    }
    out
}

/// What was sold, what it costs us, and what is left, one line a currency.
pub fn sales_text(rows: &[SalesRow]) -> String {
    let mut table = Table::new(&[
        ("Sales", Align::Left),
        ("Lines", Align::Right),
        ("Sold for", Align::Right),
        ("-Cost", Align::Right),
        ("=Margin", Align::Right),
        ("", Align::Right),
    ]);
    for row in rows {
        table.row([
            row.currency.to_string(),
            row.lines.to_string(),
            text(row.sold),
            text(row.cost),
            text(row.margin),
            percent(row.margin, row.sold),
        ]);
    }
    table.text()
}

/// A margin as a share of the price, such as `16.7%`; nothing where nothing is sold.
pub fn percent(margin: Decimal, sold: Decimal) -> String {
    margin
        .checked_mul(Decimal::ONE_HUNDRED)
        .and_then(|m| m.checked_div(sold))
        .map(|p| format!("{}%", p.round_dp(1).normalize()))
        .unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::money::Currency;

    #[test]
    fn the_table_fits_80_columns_however_large_the_money_is() {
        let eur: Currency = "EUR".parse().expect("a currency");
        for source in ["1.5", "999999.99", "99999999999.99"] {
            let mut row = MoneyRow::zero(eur);
            row.source = source.parse().expect("a decimal");
            row.posted = row.source;
            let text = rows_text(&[row]);
            assert!(text.lines().all(|l| l.len() <= 80), "{text}");
            assert!(text.contains(&crate::domain::money::text(row.source)));
        }
    }

    #[test]
    fn an_equation_that_does_not_hold_is_said() {
        let mut row = MoneyRow::zero("USD".parse().expect("a currency"));
        row.source = Decimal::ONE;
        assert!(rows_text(&[row]).contains("does not hold"));
    }
}

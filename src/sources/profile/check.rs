//! From the form as written to a profile that can be used: every word is looked up, every column
//! gets its number, and what contradicts itself is refused.

use std::collections::BTreeMap;

use rust_decimal::Decimal;

use super::columns::{Col, Columns};
use super::field::{self, Field};
use super::form::{self, Form};
use super::parse::bad;
use super::rule::{FieldRule, OneOrMore};
use super::written::{DateOrder, DateStyle, NumberStyle};
use super::{
    Aggregate, ChargeRule, Control, Encoding, EndDate, FileStyle, Filter, Identity, Kind, Overlap,
    Profile, Rule, Sign, StatusRule,
};
use crate::domain::billing_cycle::BillingCycle;
use crate::domain::charge_type::ChargeType;
use crate::domain::invoice_status::InvoiceStatus;
use crate::domain::problem::Problem;

/// Looks words up and numbers columns.
struct Checker<'a> {
    file: &'a str,
    columns: Columns,
    aliases: BTreeMap<String, OneOrMore>,
}

/// Checks a form.
///
/// # Errors
/// `bad-profile`: what stands where it cannot.
pub(super) fn profile(file: &str, form: Form) -> Result<Profile, Problem> {
    let mut c = Checker { file, columns: Columns::default(), aliases: form.columns };
    if form.name.is_empty() || form.name.len() > 64 || form.name.contains('/') {
        return Err(c.bad("name", "a profile's name is short and has no slash"));
    }
    let fields = c.fields(form.fields)?;
    let cost_only = form.amounts.cost_only;
    let (sign, parentheses) = c.sign(form.amounts)?;
    let profile = Profile {
        file: c.file_style(form.file)?,
        numbers: c.numbers(form.numbers, parentheses)?,
        end: match form.dates.end.as_deref() {
            None | Some("inclusive") => EndDate::Inclusive,
            Some("exclusive") => EndDate::Exclusive,
            Some("detect") => EndDate::Detect,
            Some(w) => {
                return Err(c.unknown("dates.end", w, &["inclusive", "exclusive", "detect"]));
            }
        },
        dates: c.dates(form.dates)?,
        fields,
        keep: form
            .keep
            .into_iter()
            .map(|(name, rules)| {
                let key = format!("keep.{name}");
                let rules = rules.0.into_iter().map(|rule| c.rule(&key, rule));
                Ok((name, rules.collect::<Result<_, Problem>>()?))
            })
            .collect::<Result<_, Problem>>()?,
        sign,
        cost_only,
        identity: c.identity(form.identity),
        charge_types: form
            .charge_types
            .iter()
            .map(|(word, to)| Ok((word.to_lowercase(), c.charge_type("charge_types", to)?)))
            .collect::<Result<_, Problem>>()?,
        charge_rules: form
            .charge_rules
            .into_iter()
            .map(|r| c.charge_rule(r))
            .collect::<Result<_, _>>()?,
        cycles: form
            .cycles
            .iter()
            .map(|(word, to)| Ok((word.to_lowercase(), c.cycle(to)?)))
            .collect::<Result<_, Problem>>()?,
        statuses: form
            .statuses
            .iter()
            .map(|(word, to)| Ok((word.to_lowercase(), c.status(to)?)))
            .collect::<Result<_, Problem>>()?,
        filters: form.filters.into_iter().map(|f| c.filter(f)).collect::<Result<_, _>>()?,
        control: c.control(form.control)?,
        aggregate: form.aggregate.map(|a| c.aggregate(a)).transpose()?,
        overlap: form.overlap.map(|o| c.overlap(o)).transpose()?,
        generations: form.generations.into_iter().collect(),
        http: form.http,
        name: form.name,
        title: form.title,
        also: form.also,
        columns: c.columns,
    };
    Ok(profile)
}

fn lower(texts: Vec<String>) -> Vec<String> {
    texts.into_iter().map(|t| t.trim().to_lowercase()).collect()
}

impl Checker<'_> {
    fn bad(&self, key: &str, why: &str) -> Problem {
        let message = format!("{key}: {why}");
        bad(self.file, None, &message, "config/sources/template.toml explains every key")
    }

    fn unknown(&self, key: &str, word: &str, known: &[&str]) -> Problem {
        let remedy = match crate::config::nearest(word, known) {
            Some(near) => format!("did you mean {near}?"),
            None => format!("it is one of {}", known.join(", ")),
        };
        bad(self.file, None, &format!("{key}: \"{word}\" is not known"), &remedy)
    }

    fn col(&mut self, name: &str) -> Col {
        self.columns.intern(name, &self.aliases)
    }

    fn cols(&mut self, names: &[String]) -> Vec<Col> {
        names.iter().map(|n| self.col(n)).collect()
    }

    fn fields(&mut self, rules: BTreeMap<String, FieldRule>) -> Result<Vec<Rule>, Problem> {
        let mut fields = vec![Rule::default(); field::COUNT];
        for (name, rule) in rules {
            let key = format!("fields.{name}");
            let Some(n) = Field::number_of(&name) else {
                return Err(self.unknown("fields", &name, &field::NAMES));
            };
            if rule.month_of.is_some() && n != Field::InvoiceDate as usize {
                return Err(self.bad(&key, "month_of is for invoice_date only"));
            }
            fields[n] = self.rule(&key, rule)?;
            let alone = fields[n].join.is_empty();
            let (strip_prefix, absent) = (fields[n].strip_prefix.clone(), fields[n].absent.clone());
            for &col in &fields[n].columns {
                let column = self.columns.get_mut(col);
                column.absent.extend(absent.iter().cloned());
                column.strip_prefix = column.strip_prefix.take().or_else(|| strip_prefix.clone());
                column.shown |= alone;
                column.date |= DATES.iter().any(|f| *f as usize == n);
                column.number |= NUMBERS.iter().any(|f| *f as usize == n);
            }
            if let Some(col) = fields[n].month_of {
                self.columns.get_mut(col).date = true;
            }
        }
        for field in field::MANDATORY {
            if fields[field as usize] == Rule::default() {
                let why = "every profile says where it is: a column, or a constant";
                return Err(self.bad(&format!("fields.{}", field.name()), why));
            }
        }
        Ok(fields)
    }

    fn rule(&mut self, key: &str, rule: FieldRule) -> Result<Rule, Problem> {
        if rule.is_empty() {
            return Err(self.bad(key, "it needs a column, a join, or a constant"));
        }
        if rule.divide_by == Some(0) {
            return Err(self.bad(key, "nothing can be divided by 0"));
        }
        Ok(Rule {
            columns: self.cols(&rule.columns),
            join: self.cols(&rule.join),
            with: rule.with,
            constant: rule.constant,
            strip_prefix: rule.strip_prefix.map(|p| p.to_lowercase()),
            absent: lower(rule.absent),
            divide_by: rule.divide_by.map(Decimal::from),
            month_of: rule.month_of.map(|name| self.col(&name)),
        })
    }

    fn file_style(&self, form: form::FileForm) -> Result<FileStyle, Problem> {
        let kind = |word: &String| match word.as_str() {
            "csv" => Ok(Kind::Csv),
            "xlsx" => Ok(Kind::Xlsx),
            "json-lines" => Ok(Kind::JsonLines),
            w => Err(self.unknown("file.kinds", w, &["csv", "xlsx", "json-lines"])),
        };
        if form.header_row == Some(0) {
            return Err(self.bad("file.header_row", "rows are counted from 1"));
        }
        Ok(FileStyle {
            kinds: form.kinds.iter().map(kind).collect::<Result<_, _>>()?,
            delimiter: match form.delimiter.as_deref() {
                None | Some("auto") => None,
                Some("tab" | "\t") => Some(b'\t'),
                Some(d) if matches!(d, "," | ";" | "|") => d.bytes().next(),
                Some(w) => {
                    return Err(self.unknown("file.delimiter", w, &["auto", ",", ";", "|", "tab"]));
                }
            },
            encoding: match form.encoding.as_deref() {
                None | Some("auto") => Encoding::Auto,
                Some("utf-8") => Encoding::Utf8,
                Some("utf-16le") => Encoding::Utf16Le,
                Some("utf-16be") => Encoding::Utf16Be,
                Some("windows-1252") => Encoding::Windows1252,
                Some(w) => {
                    let known = ["auto", "utf-8", "utf-16le", "utf-16be", "windows-1252"];
                    return Err(self.unknown("file.encoding", w, &known));
                }
            },
            sheet: form.sheet,
            header_row: form.header_row,
            footer: lower(form.footer),
        })
    }

    fn numbers(&self, form: form::NumberForm, parentheses: bool) -> Result<NumberStyle, Problem> {
        let decimal_comma = match form.decimal.as_str() {
            "." => false,
            "," => true,
            _ => return Err(self.bad("numbers.decimal", "it is \".\" or \",\"")),
        };
        let thousands: Vec<char> = form.thousands.chars().collect();
        if thousands.iter().any(|c| c.is_ascii_digit() || form.decimal.contains(*c)) {
            return Err(self.bad("numbers.thousands", "it holds a digit or the decimal mark"));
        }
        let symbols = form.symbols;
        if symbols.iter().any(|s| s.trim().is_empty() || s.contains(|c: char| c.is_ascii_digit())) {
            return Err(self.bad("numbers.symbols", "a symbol is blank or holds a digit"));
        }
        Ok(NumberStyle { decimal_comma, thousands, symbols, parentheses })
    }

    fn dates(&self, form: form::DateForm) -> Result<DateStyle, Problem> {
        let order = match form.order.as_deref() {
            None | Some("auto") => None,
            Some(word) => Some(self.date_order("dates.order", word)?),
        };
        let mut absent = Vec::new();
        for text in &form.absent {
            match DateStyle::default().written(text) {
                Ok(super::written::Written::Clear(y, m, d)) => absent.push((y, m, d)),
                _ => return Err(self.bad("dates.absent", "write the dates as YYYY-MM-DD")),
            }
        }
        Ok(DateStyle {
            order,
            utc: match form.zone.as_deref() {
                None | Some("as-written") => false,
                Some("utc") => true,
                Some(w) => return Err(self.unknown("dates.zone", w, &["as-written", "utc"])),
            },
            absent,
        })
    }

    fn date_order(&self, key: &str, word: &str) -> Result<DateOrder, Problem> {
        Ok(match word {
            "mdy" => DateOrder::Mdy,
            "dmy" => DateOrder::Dmy,
            "ymd" => DateOrder::Ymd,
            "iso" => DateOrder::Iso,
            w => return Err(self.unknown(key, w, &["auto", "mdy", "dmy", "ymd", "iso"])),
        })
    }

    fn sign(&mut self, form: form::AmountForm) -> Result<(Sign, bool), Problem> {
        match form.sign.as_deref() {
            None | Some("minus") => Ok((Sign::Written, false)),
            Some("parentheses") => Ok((Sign::Written, true)),
            Some("flag") => {
                let Some(flag) = form.flag.filter(|_| !form.credit.is_empty()) else {
                    let why = "it needs a column (flag) and its texts for a credit (credit)";
                    return Err(self.bad("amounts.sign", why));
                };
                let column = self.col(&flag);
                let (credit, charge) = (lower(form.credit), lower(form.charge));
                Ok((Sign::Flag { column, credit, charge }, false))
            }
            Some(w) => Err(self.unknown("amounts.sign", w, &["minus", "parentheses", "flag"])),
        }
    }

    fn identity(&mut self, form: form::IdentityForm) -> Identity {
        let identity = Identity {
            texts: self.cols(&form.texts),
            dates: self.cols(&form.dates),
            numbers: self.cols(&form.numbers),
            all_but: form
                .all
                .then(|| form.except.iter().map(|n| super::columns::plain(n)).collect()),
        };
        for &col in &identity.dates {
            self.columns.get_mut(col).date = true;
        }
        for &col in &identity.numbers {
            self.columns.get_mut(col).number = true;
        }
        identity
    }

    fn charge_type(&self, key: &str, word: &str) -> Result<ChargeType, Problem> {
        let known: Vec<&str> = ChargeType::ALL.iter().map(|t| t.as_str()).collect();
        word.parse().map_err(|_| self.unknown(key, word, &known))
    }

    fn charge_rule(&mut self, form: form::ChargeRuleForm) -> Result<ChargeRule, Problem> {
        if form.column.is_none() && (!form.is.is_empty() || !form.is_not.is_empty()) {
            return Err(self.bad("charge_rules", "is and is_not need a column"));
        }
        Ok(ChargeRule {
            words: lower(form.words),
            column: form.column.map(|c| self.col(&c)),
            is: lower(form.is),
            is_not: lower(form.is_not),
            negative: form.negative,
            to: self.charge_type("charge_rules.to", &form.to)?,
        })
    }

    fn cycle(&self, word: &str) -> Result<String, Problem> {
        let known: Vec<&str> = BillingCycle::ALL.iter().map(|c| c.as_str()).collect();
        match BillingCycle::parse(word) {
            Some(cycle) => Ok(cycle.as_str().to_owned()),
            None => Err(self.unknown("cycles", word, &known)),
        }
    }

    fn status(&self, word: &str) -> Result<StatusRule, Problem> {
        match word {
            "skip" => Ok(StatusRule::Skip),
            "refuse" => Ok(StatusRule::Refuse),
            word => InvoiceStatus::parse(word).map(StatusRule::Is).map_err(|_| {
                let mut known: Vec<&str> = InvoiceStatus::ALL.iter().map(|s| s.as_str()).collect();
                known.extend(["skip", "refuse"]);
                self.unknown("statuses", word, &known)
            }),
        }
    }

    fn filter(&mut self, form: form::FilterForm) -> Result<Filter, Problem> {
        if form.column.is_empty() || form.keep.is_empty() == form.drop.is_empty() {
            return Err(self.bad("filters", "a filter has a column, and either keep or drop"));
        }
        let column = self.col(&form.column);
        let unless = form.unless.map(|c| self.col(&c));
        let (keep, drop) = (lower(form.keep), lower(form.drop));
        Ok(Filter { name: form.name, column, keep, drop, unless })
    }

    fn control(&mut self, form: form::ControlForm) -> Result<Control, Problem> {
        if form.column.is_some() && form.footer.is_some() {
            return Err(self.bad("control", "either column or footer"));
        }
        let tolerance = form.tolerance.as_deref().unwrap_or("0");
        Ok(Control {
            column: form.column.map(|c| self.col(&c)),
            footer: form.footer.map(|c| self.col(&c)),
            tolerance: NumberStyle::default()
                .read(tolerance)
                .map_err(|_| self.bad("control.tolerance", "write a decimal such as \"0.01\""))?,
            required: form.required,
        })
    }

    fn aggregate(&mut self, form: form::AggregateForm) -> Result<Aggregate, Problem> {
        let groups: Vec<(String, Vec<Col>)> =
            form.groups.iter().map(|(name, cols)| (name.clone(), self.cols(&cols.0))).collect();
        let picked = &form.group_by;
        if !picked.is_empty() && !groups.iter().any(|(name, _)| name == picked) {
            let known: Vec<&str> = groups.iter().map(|(name, _)| name.as_str()).collect();
            return Err(self.unknown("aggregate.group_by", picked, &known));
        }
        Ok(Aggregate {
            groups,
            group_by: form.group_by,
            tags: form.tags.map(|c| self.col(&c)),
            name: form.name,
        })
    }

    fn overlap(&self, form: form::OverlapForm) -> Result<Overlap, Problem> {
        if form.what.is_empty() || form.form.is_empty() || form.what.contains('/') {
            return Err(self.bad("overlap", "it needs what is counted, without a slash, and how"));
        }
        Ok(Overlap {
            counted_as: format!("{}/{}", form.what, form.form),
            charge_types: form
                .charge_types
                .iter()
                .map(|t| self.charge_type("overlap.charge_types", t))
                .collect::<Result<_, _>>()?,
        })
    }
}

const DATES: [Field; 3] = [Field::InvoiceDate, Field::ChargeStartDate, Field::ChargeEndDate];
const NUMBERS: [Field; 4] = [Field::Quantity, Field::UnitPrice, Field::UnitCost, Field::Total];

//! Whether a record meets a condition. Text is compared without regard to case, as ConnectWise's
//! database does; a field without a value meets nothing but `= null`.

use std::cmp::Ordering;

use jiff::Timestamp;
use rust_decimal::Decimal;
use serde_json::Value;

use super::{Expr, Literal, Op, Test};
use crate::sandbox::values;

/// Where the evaluation finds a record's values.
pub(in crate::sandbox) trait Lookup {
    /// The values at a path: none, one, or several when an array lies on the way.
    fn values(&self, path: &[String]) -> Vec<Value>;
}

/// Whether the record meets the condition.
pub(in crate::sandbox) fn holds(expr: &Expr, record: &dyn Lookup) -> bool {
    match expr {
        Expr::And(list) => list.iter().all(|e| holds(e, record)),
        Expr::Or(list) => list.iter().any(|e| holds(e, record)),
        Expr::Not(inner) => !holds(inner, record),
        Expr::Test(t) => test(t, record),
    }
}

fn test(t: &Test, record: &dyn Lookup) -> bool {
    let found: Vec<Value> = record.values(&t.path).into_iter().filter(|v| !v.is_null()).collect();
    if found.is_empty() {
        return t.values.contains(&Literal::Null) && matches!(t.op, Op::Equal | Op::In);
    }
    found.iter().any(|value| {
        let first = &t.values[0];
        match t.op {
            Op::In => t.values.iter().any(|l| order(value, l) == Some(Ordering::Equal)),
            Op::Equal => order(value, first) == Some(Ordering::Equal),
            Op::NotEqual => {
                *first == Literal::Null || order(value, first).is_some_and(Ordering::is_ne)
            }
            Op::Less => order(value, first).is_some_and(Ordering::is_lt),
            Op::LessOrEqual => order(value, first).is_some_and(Ordering::is_le),
            Op::Greater => order(value, first).is_some_and(Ordering::is_gt),
            Op::GreaterOrEqual => order(value, first).is_some_and(Ordering::is_ge),
            Op::Contains => pair(value, first).is_some_and(|(v, l)| v.contains(&l)),
            Op::Like => pair(value, first).is_some_and(|(v, l)| like(&v, &l)),
        }
    })
}

fn pair(value: &Value, literal: &Literal) -> Option<(String, String)> {
    match (value, literal) {
        (Value::String(v), Literal::Text(l)) => Some((v.to_lowercase(), l.to_lowercase())),
        _ => None,
    }
}

/// How a value stands to a literal; `None` when the two cannot be compared.
fn order(value: &Value, literal: &Literal) -> Option<Ordering> {
    match (value, literal) {
        (Value::Bool(v), Literal::Flag(l)) => Some(v.cmp(l)),
        (Value::Number(_), Literal::Number(l)) => Some(values::decimal(value)?.cmp(l)),
        (Value::Number(_), Literal::Text(l)) => {
            Some(values::decimal(value)?.cmp(&l.parse::<Decimal>().ok()?))
        }
        (Value::String(v), Literal::Time(l)) => Some(instant(v)?.cmp(l)),
        (Value::String(v), Literal::Text(l)) => Some(v.to_lowercase().cmp(&l.to_lowercase())),
        _ => None,
    }
}

fn instant(text: &str) -> Option<Timestamp> {
    if text.len() == 10 {
        return format!("{text}T00:00:00Z").parse().ok();
    }
    text.parse().ok()
}

/// `*` and `%` stand for anything.
fn like(value: &str, pattern: &str) -> bool {
    let v: Vec<char> = value.chars().collect();
    let p: Vec<char> = pattern.chars().collect();
    let (mut i, mut j) = (0, 0);
    let mut star: Option<(usize, usize)> = None;
    while i < v.len() {
        match p.get(j) {
            Some('*' | '%') => {
                star = Some((j, i));
                j += 1;
            }
            Some(c) if *c == v[i] => {
                i += 1;
                j += 1;
            }
            _ => match star {
                Some((at, from)) => {
                    i = from + 1;
                    j = at + 1;
                    star = Some((at, i));
                }
                None => return false,
            },
        }
    }
    p[j..].iter().all(|c| matches!(c, '*' | '%'))
}

/// The order of two values of one field, for `orderBy`; what is missing comes first.
pub(in crate::sandbox) fn compare_values(a: &Value, b: &Value) -> Ordering {
    match (a, b) {
        (Value::Null, Value::Null) => Ordering::Equal,
        (Value::Null, _) => Ordering::Less,
        (_, Value::Null) => Ordering::Greater,
        (Value::Bool(x), Value::Bool(y)) => x.cmp(y),
        (Value::Number(_), Value::Number(_)) => values::decimal(a).cmp(&values::decimal(b)),
        (Value::String(x), Value::String(y)) => x.to_lowercase().cmp(&y.to_lowercase()),
        _ => Ordering::Equal,
    }
}

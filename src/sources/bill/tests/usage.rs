//! Daily usage, summed up.

use std::fs;

use rust_decimal::Decimal;
use serde_json::Value;

use super::{Options, Outcome, load, problems, sample, sum, text};

const PROFILE: &str = "partner-center-usage";

fn by(group: &str, file: &str) -> Outcome {
    let options = Options { group_by: group.into(), ..Options::default() };
    load(PROFILE, &options, &[sample(file)])
}

#[test]
fn rows_become_one_line_for_each_customer_subscription_and_month() {
    let (lines, _) = by("", "usage-2022.csv").unwrap();
    assert_eq!(lines.len(), 3);
    // 3 x (1.9584 + 0.0255 + 0.001392) = 5.955876 for each, in whole cents.
    assert_eq!(sum(&lines), Decimal::new(3 * 596, 2));
    let line = &lines[0].line;
    assert_eq!(line.charge_start, jiff::civil::date(2025, 6, 1));
    assert_eq!(line.charge_end, Some(jiff::civil::date(2025, 6, 30)));
    assert_eq!(line.invoice_date, jiff::civil::date(2025, 6, 30));
    let raw: Value = serde_json::from_str(line.raw.as_deref().unwrap()).unwrap();
    assert_eq!((&raw["rows"], &raw["exact_total"]), (&9.into(), &"5.955876".into()));
    assert_eq!(raw["kept"][0]["rate_of_partner_earned_credit"], "0.15");
    assert_eq!(raw["kept"][0]["rate_of_credit"], "1");
    let extra = line.extra.as_ref().unwrap();
    assert!(extra.cost_only);
    assert_eq!(extra.counted_as.as_deref(), Some("azure/daily by subscription"));
    assert_eq!(extra.rows.unwrap().count, 9);
}

#[test]
fn the_same_rows_in_another_form_and_order_prove_the_sums_unchanged() {
    let keys = |file: &str| -> Vec<_> {
        let (lines, _) = by("", file).unwrap();
        lines.into_iter().map(|l| (l.key, l.content, l.line.extra.unwrap().rows)).collect()
    };
    let old = keys("usage-2022.csv");
    assert_eq!(old, keys("usage.jsonl"), "15 percent and 0.15, M/D/Y and ISO, reversed");
    // One row more, at no cost: the sum is the same and the rows are not.
    let more = fs::read_to_string(sample("usage-2022.csv")).unwrap();
    let last = more.trim_end().lines().last().unwrap().replace("0.001392", "0");
    let (lines, _) = text(PROFILE, Options::NONE, format!("{more}{last}\r\n")).unwrap();
    let changed: Vec<_> = lines.iter().filter(|l| !old.iter().any(|o| o.1 == l.content)).collect();
    assert_eq!(changed.len(), 1);
    assert!(old.iter().any(|o| o.0 == changed[0].key), "it is the same line with other rows");
    assert_eq!(changed[0].line.total.to_string(), "5.96");
}

#[test]
fn usage_is_grouped_by_resource_group_or_tag_as_one_likes() {
    let (lines, _) = by("resource-group", "usage-2022.csv").unwrap();
    assert_eq!(lines.len(), 6, "rg-ehr and RG-EHR are one group of Azure");
    assert!(lines.iter().any(|l| l.line.subscription_name.as_deref() == Some("Production rg-ehr")));
    let (lines, _) = by("tag:costcenter", "usage.jsonl").unwrap();
    assert_eq!(lines.len(), 6);
    assert!(lines.iter().any(|l| l.line.subscription_name.as_deref() == Some("Shop clinic")));
    let refused = by("resourcegroup", "usage.jsonl").unwrap_err().to_string();
    assert!(refused.contains("did you mean \"resource-group\""), "{refused}");
}

#[test]
fn the_monthly_bill_beside_its_daily_rows_is_refused() {
    let both = [sample("license-2022.csv"), sample("usage.jsonl")];
    let found = problems(load("partner-center", Options::NONE, &both));
    let one = found.iter().find(|p| p.code == "counted-twice").expect("counted-twice");
    assert!(one.message.contains("azure/monthly") && one.message.contains("G041882913"), "{one:?}");
    assert_eq!(found.len(), 1, "only one customer has both: {found:#?}");
    let options = Options { leave_out: vec!["azure".into()], ..Options::default() };
    let (lines, _) = load("partner-center", &options, &both).unwrap();
    assert_eq!(lines.len(), 22 + 3, "each file is read by the profile that it fits");
}

#[test]
fn a_row_that_says_nothing_of_its_day_is_refused() {
    let bad = fs::read_to_string(sample("usage-2022.csv")).unwrap();
    let bad = bad.replace(",6/14/2025,", ",,");
    let found = problems(text(PROFILE, Options::NONE, bad));
    assert_eq!(found[0].code, "missing-value");
    assert_eq!(found[0].column.as_deref(), Some("usageDate"));
}

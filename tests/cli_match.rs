//! `match`: lists of one's own, without a home.

mod support;

use support::{Home, has_fields};

#[test]
fn each_query_gets_its_candidates_with_score_lead_and_reasons() {
    let home = Home::new();
    let catalog = home.file("c.csv", "id,name\n7,Acme Corporation\n8,Globex Ltd\n9,Initech\n");
    let queries = home.file("q.csv", "query\nACME Corp.\nNobody At All\n");
    let document =
        home.json(0, &["match", "--catalog", &catalog, "--queries", &queries, "--top", "2"]);
    let list = document["queries"].as_array().expect("queries");
    assert_eq!(list.len(), 2);
    has_fields(&list[0], &["query", "accepted", "candidates"]);
    let first = &list[0]["candidates"][0];
    has_fields(first, &["id", "name", "score", "lead", "reasons", "accepted"]);
    assert_eq!(first["id"], "7");
    assert_eq!(list[0]["accepted"], true);
    assert_eq!(list[1]["accepted"], false);
    assert!(list.iter().all(|q| q["candidates"].as_array().is_some_and(|c| c.len() <= 2)));
    let text = home.run(&["match", "--catalog", &catalog, "--queries", &queries]).exits(0);
    assert!(text.stdout.contains("1 would be accepted"), "{}", text.stdout);
    assert!(text.stdout.lines().all(|l| l.chars().count() <= 80), "{}", text.stdout);
}

#[test]
fn lists_with_known_answers_give_figures() {
    let home = Home::new();
    let catalog = home.file("c.csv", "id,name\n7,Acme Corporation\n8,Globex Ltd\n9,Initech\n");
    let queries = home.file("q.csv", "query,id\nACME Corp.,7\nGlobex Limited,8\nInitech,7\n");
    let document = home.json(0, &["match", "--catalog", &catalog, "--queries", &queries]);
    let figures = &document["figures"];
    has_fields(figures, &["queries", "top1", "mrr", "recall5", "accepted", "precision"]);
    assert_eq!((&figures["queries"], &figures["top1"]), (&3.into(), &0.6667.into()));
    assert_eq!(figures["precision"], 0.6667, "Initech was taken for another");
    let text = home.run(&["match", "--catalog", &catalog, "--queries", &queries]).exits(0).stdout;
    assert!(text.contains("of 3 with a known answer: first 0.667"), "{text}");
}

#[test]
fn pairs_are_scored_between_0_and_1() {
    let home = Home::new();
    let pairs = home.file("p.csv", "name1,name2\nAcme,ACME Inc\nAcme,Globex\n");
    let document = home.json(0, &["match", "--pairs", &pairs]);
    let scores: Vec<f64> = document["pairs"]
        .as_array()
        .expect("pairs")
        .iter()
        .map(|p| p["score"].as_f64().expect("a score"))
        .collect();
    assert!(scores.iter().all(|s| (0.0..=1.0).contains(s)) && scores[0] > scores[1], "{scores:?}");
}

#[test]
fn lists_without_their_columns_are_refused_by_row_and_column() {
    let home = Home::new();
    let catalog = home.file("c.csv", "number,name\n7,Acme\n");
    let queries = home.file("q.csv", "query\nAcme\n");
    let document =
        home.refused(2, "refused-input", &["match", "--catalog", &catalog, "--queries", &queries]);
    let problem = &document["problems"][0];
    has_fields(problem, &["file", "row", "column", "code", "message", "remedy"]);
    assert_eq!((&problem["row"], &problem["column"]), (&1.into(), &"id".into()));
    assert_eq!(document["more"], 0);
    home.refused(2, "file", &["match", "--pairs", "/dev/null/at/all.csv"]);
    let bad = home.file("bad.csv", b"query\n\xff\xfe\n");
    let good = home.file("good.csv", "id,name\n1,A\n");
    home.refused(2, "refused-input", &["match", "--catalog", &good, "--queries", &bad]);
}

#[test]
fn names_with_escapes_never_reach_the_terminal_raw() {
    let home = Home::new();
    let catalog = home.file("c.csv", "id,name\n\u{1b}[31m7,Acme\u{1b}]0;x\u{7} Corp\u{202e}\n");
    let queries = home.file("q.csv", "query\nAcme\u{9b}2J Corp\n");
    // The check is in `run`: no output may hold a raw control character.
    home.run(&["match", "--catalog", &catalog, "--queries", &queries]).exits(0);
    home.json(0, &["match", "--catalog", &catalog, "--queries", &queries]);
}

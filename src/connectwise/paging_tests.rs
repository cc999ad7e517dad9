//! Page loops, against servers with their own ideas of paging.

use std::sync::Mutex;
use std::time::Duration;

use super::stage::{Play, Seen, Stage, json};

fn parameter(seen: &Seen, name: &str) -> Option<i64> {
    let (_, query) = seen.target.split_once('?')?;
    let (_, value) = url::form_urlencoded::parse(query.as_bytes()).find(|(k, _)| k == name)?;
    value.parse().ok()
}

fn rows(ids: impl Iterator<Item = i64>) -> String {
    let rows: Vec<String> = ids.map(|id| format!("{{\"id\":{id}}}")).collect();
    format!("[{}]", rows.join(","))
}

fn linked(body: String, link: String) -> Play {
    Play::Answer(200, vec![("link", link)], body)
}

/// Pages as ConnectWise gives them forward-only.
fn forward(seen: &Seen, total: i64) -> Play {
    assert_eq!(seen.header("pagination-type"), Some("forward-only"));
    let (after, size) =
        (parameter(seen, "pageId").unwrap_or(0), parameter(seen, "pageSize").unwrap());
    let end = (after + size).min(total);
    let body = rows(after + 1..=end);
    if end == total {
        return json(200, &body);
    }
    // Another host, as behind a proxy: only the query counts.
    linked(body, format!("<https://inner.example/x?pageSize={size}&pageId={end}>; rel=\"next\""))
}

async fn additions(stage: &Stage) -> (Vec<i64>, usize) {
    let all = stage.client(0).additions(7).await.unwrap();
    (all.iter().map(|a| a.id).collect(), stage.seen().len())
}

#[tokio::test]
async fn forward_only_pages_are_followed_to_the_end() {
    for (total, requests) in [(0, 1), (1, 1), (999, 1), (1_001, 2), (2_500, 3)] {
        let stage = Stage::new(move |seen, _| forward(seen, total)).await;
        let (all, sent) = additions(&stage).await;
        assert_eq!(all, (1..=total).collect::<Vec<_>>());
        assert_eq!(sent, requests, "{total}");
    }
}

#[tokio::test]
async fn a_server_with_a_smaller_cap_loses_nothing() {
    let stage = Stage::new(|seen, _| {
        let page = parameter(seen, "page").unwrap_or(1);
        let body = rows((page - 1) * 100 + 1..=(page * 100).min(250));
        if page < 3 {
            linked(body, format!("<http://x/y?page={}&pageSize=100>; rel=\"next\"", page + 1))
        } else {
            json(200, &body)
        }
    })
    .await;
    let (all, sent) = additions(&stage).await;
    assert_eq!((all.len(), sent), (250, 3));
}

#[tokio::test]
async fn a_server_without_links_is_asked_until_a_short_page() {
    let stage = Stage::new(|seen, _| {
        let page = parameter(seen, "page").unwrap_or(1);
        json(200, &rows((page - 1) * 1_000 + 1..=(page * 1_000).min(2_100)))
    })
    .await;
    let (all, sent) = additions(&stage).await;
    assert_eq!((all.len(), sent), (2_100, 3));
}

#[tokio::test]
async fn a_server_that_repeats_its_page_does_not_turn_forever() {
    for link in [None, Some("<http://x/y?page=2&pageSize=1000>; rel=\"next\"")] {
        let stage = Stage::new(move |_, _| match link {
            Some(link) => linked(rows(1..=1_000), link.to_owned()),
            None => json(200, &rows(1..=1_000)),
        })
        .await;
        let (all, sent) = additions(&stage).await;
        assert_eq!((all.len(), sent), (1_000, 2));
    }
}

#[tokio::test]
async fn a_full_page_that_times_out_is_read_in_smaller_ones() {
    let stage = Stage::new(|seen, _| match parameter(seen, "pageSize") {
        Some(1_000) => Play::Silence,
        _ => forward(seen, 600),
    })
    .await;
    let client = stage.client_with(|c| c.timeout = Duration::from_millis(500), None);
    let all = client.additions(7).await.unwrap();
    assert_eq!(all.len(), 600);
    let sizes: Vec<_> = stage.seen().iter().map(|s| parameter(s, "pageSize").unwrap()).collect();
    assert_eq!(sizes[0], 1_000);
    assert!(sizes.len() >= 4 && sizes[1..].iter().all(|s| *s == 250), "{sizes:?}");
}

/// Numbered pages of a collection with a count.
fn numbered(seen: &Seen, count: i64, total: i64) -> Play {
    if seen.target.contains("/count") {
        return json(200, &format!("{{\"count\":{count}}}"));
    }
    if seen.header("pagination-type").is_some() {
        return forward(seen, total);
    }
    assert!(seen.target.contains("orderBy=id%20asc"), "{}", seen.target);
    let page = parameter(seen, "page").unwrap();
    json(200, &rows((page - 1) * 1_000 + 1..=(page * 1_000).min(total)))
}

async fn products(stage: &Stage) -> (Vec<i64>, usize, u64) {
    let told = Mutex::new(0);
    let client = stage.client(0);
    let all = client.products(&|n| *told.lock().unwrap() = n).await.unwrap();
    (all.iter().map(|p| p.id).collect(), stage.seen().len(), told.into_inner().unwrap())
}

#[tokio::test]
async fn counted_collections_come_in_numbered_pages() {
    for (count, total, requests) in [
        (5_500, 5_500, 7),
        (3_000, 3_000, 4),
        // Added meanwhile.
        (2_500, 3_100, 5),
        // Small ones take one page.
        (40, 40, 2),
    ] {
        let stage = Stage::new(move |seen, _| numbered(seen, count, total)).await;
        let (all, sent, told) = products(&stage).await;
        assert_eq!(all, (1..=total).collect::<Vec<_>>(), "{count}");
        assert_eq!((sent, told), (requests, total.unsigned_abs()), "{count}");
    }
}

#[tokio::test]
async fn what_slipped_between_numbered_pages_is_found_page_by_page() {
    // The server counts more than its pages show, as when a record went away while they were read.
    let stage = Stage::new(|seen, _| {
        let whole = numbered(seen, 2_500, 2_500);
        match parameter(seen, "page") {
            Some(2) => json(200, &rows(1_002..=2_000)),
            _ => whole,
        }
    })
    .await;
    let (all, _, _) = products(&stage).await;
    assert_eq!(all, (1..=2_500).collect::<Vec<_>>());
}

#[tokio::test]
async fn a_server_that_ignores_page_numbers_is_read_forward_only() {
    let stage = Stage::new(|seen, _| {
        if seen.target.contains("/count") || seen.header("pagination-type").is_some() {
            numbered(seen, 2_500, 2_500)
        } else {
            json(200, &rows(1..=1_000))
        }
    })
    .await;
    let (all, _, _) = products(&stage).await;
    assert_eq!(all, (1..=2_500).collect::<Vec<_>>());
}

#[tokio::test]
async fn a_server_without_counts_is_read_forward_only() {
    let stage = Stage::new(|seen, _| {
        if seen.target.contains("/count") { json(404, "") } else { forward(seen, 1_200) }
    })
    .await;
    let (all, sent, _) = products(&stage).await;
    assert_eq!((all.len(), sent), (1_200, 3));
}

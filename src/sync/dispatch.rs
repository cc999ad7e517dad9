//! Which lane goes on next: always the one with the most left to send. With requests of one length
//! that gives the shortest possible run: (additions + agreements) / concurrency, or the longest
//! lane where that is longer.

use std::cmp::Ordering;
use std::collections::BinaryHeap;

use futures_util::StreamExt;
use futures_util::stream::FuturesUnordered;

use super::lane::Lane;
use super::tally::Under;

/// A lane that waits for its turn.
struct Waiting {
    remaining: usize,
    order: usize,
    lane: Lane,
}

impl PartialEq for Waiting {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other) == Ordering::Equal
    }
}
impl Eq for Waiting {}
impl PartialOrd for Waiting {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}
impl Ord for Waiting {
    /// The longest first; among equals in plan order.
    fn cmp(&self, other: &Self) -> Ordering {
        self.remaining.cmp(&other.remaining).then_with(|| other.order.cmp(&self.order))
    }
}

/// Runs lanes until they are empty or the run halts; gives them back for their last steps.
///
/// Twice as many lanes are under way as requests may be in flight: while one lane's journal entry
/// is being made durable, another one's request uses the connection.
pub(super) async fn drive(lanes: Vec<Lane>, under: &Under<'_>) -> Vec<Lane> {
    let mut ready: BinaryHeap<Waiting> = lanes
        .into_iter()
        .enumerate()
        .map(|(order, lane)| Waiting { remaining: lane.remaining(), order, lane })
        .collect();
    let mut finished = Vec::new();
    let mut running = FuturesUnordered::new();
    let most = under.executor.concurrency.max(1) * 2;
    let mut pause = under.executor.pause.clone();
    loop {
        let paused = *pause.borrow_and_update();
        while !paused && !under.halted() && running.len() < most {
            let Some(Waiting { order, mut lane, .. }) = ready.pop() else { break };
            running.push(async move {
                lane.step(under).await;
                (order, lane)
            });
        }
        if running.is_empty() {
            if under.halted() || ready.is_empty() {
                break;
            }
            // Paused, with nothing in flight.
            tokio::select! {
                changed = pause.changed() => if changed.is_err() {
                    // Nobody is left who could end the pause.
                    break;
                },
                () = under.executor.cancel.cancelled() => {}
            }
            continue;
        }
        let ended = tokio::select! {
            ended = running.next() => ended,
            Ok(()) = pause.changed() => None,
        };
        if let Some((order, lane)) = ended {
            if lane.has_work() {
                ready.push(Waiting { remaining: lane.remaining(), order, lane });
            } else {
                finished.push(lane);
            }
        }
    }
    finished.extend(ready.into_iter().map(|w| w.lane));
    finished
}

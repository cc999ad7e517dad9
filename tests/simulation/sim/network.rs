//! Between a process and the PSA: requests that are lost, late or come twice, answers that never
//! come or come spoiled, a PSA that is overloaded and whose lists lag behind.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use addendum::connectwise::wire::{Arrived, NoAnswer, Request, Wire};
use addendum::sandbox::direct::{Asked, Direct, Mood, Told};
use addendum::sandbox::records::Addition;
use futures_util::FutureExt;
use futures_util::future::BoxFuture;
use tokio::sync::oneshot;
use tokio::time::{Instant, sleep};

use super::chance::Chance;
use super::fate::Fate;
use super::lease::Key;
use super::oracle::marker;
use super::trace::Trace;

/// How long the client waits for an answer.
pub const PATIENCE: Duration = Duration::from_secs(20);

/// What can happen to a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Mishap {
    /// There is no connection.
    NoConnection,
    /// It never arrives, and nobody says so.
    LostRequest,
    /// The connection is reset before it arrived.
    ResetBefore,
    /// It arrives, and the answer never comes.
    LostAnswer,
    /// It arrives, and the connection is reset before the answer.
    ResetAfter,
    /// It arrives when its sender has given it up.
    LateRequest,
    /// It arrives twice; never one that makes something.
    Twice,
    /// One that makes something arrives twice, and makes it twice.
    MadeTwice,
    /// The PSA has too much to do; nothing is done.
    Throttled,
    /// A server error; nothing is done.
    ErrorBefore,
    /// A server error, and it was done.
    ErrorAfter,
    /// A web page with status 200 instead of the answer, and it was done.
    PageAfter,
    /// Half of the answer, and it was done.
    Truncated,
    /// A PATCH is answered with 200 and changes nothing.
    PatchIgnored,
}

impl Mishap {
    pub const ALL: [Self; 14] = [
        Self::NoConnection,
        Self::LostRequest,
        Self::ResetBefore,
        Self::LostAnswer,
        Self::ResetAfter,
        Self::LateRequest,
        Self::Twice,
        Self::MadeTwice,
        Self::Throttled,
        Self::ErrorBefore,
        Self::ErrorAfter,
        Self::PageAfter,
        Self::Truncated,
        Self::PatchIgnored,
    ];
}

/// What the network and the PSA are like.
#[derive(Debug, Clone, Default)]
pub struct Weather {
    /// Which mishaps there are.
    pub mishaps: Vec<Mishap>,
    /// How many requests in a thousand meet one.
    pub share: u32,
    /// Lists lag behind by at most so many milliseconds.
    pub lag_ms: u64,
    /// Late requests arrive at most so many milliseconds after they were sent.
    pub late_ms: u64,
    /// How many lists in a hundred come without regard to their conditions.
    pub unfiltered: u32,
}

/// The network of one seed.
pub struct Network {
    pub psa: Direct,
    pub chance: Chance,
    pub trace: Trace,
    pub began: Instant,
    weather: Mutex<Weather>,
    met: Mutex<BTreeMap<Mishap, u64>>,
    requests: Mutex<(u64, u64)>,
    /// Markers of additions on which a request's second copy undid a newer write.
    overtaken: Mutex<BTreeSet<String>>,
    /// What a request's second copy made once more: markers, and the paths of other records.
    doubled: Mutex<BTreeSet<String>>,
    /// What a process did that it must not do, whatever came of it.
    wrongs: Mutex<Vec<String>>,
    /// Matters that somebody else has approved.
    approved: Mutex<BTreeSet<String>>,
    /// Lists of additions are empty, whatever there is: see `sabotage`.
    blind: bool,
}

impl Network {
    pub fn new(psa: Direct, chance: Chance, trace: Trace, blind: bool) -> Self {
        Self {
            psa,
            chance,
            trace,
            began: Instant::now(),
            weather: Mutex::default(),
            met: Mutex::default(),
            requests: Mutex::default(),
            overtaken: Mutex::default(),
            doubled: Mutex::default(),
            wrongs: Mutex::default(),
            approved: Mutex::default(),
            blind,
        }
    }

    pub fn set(&self, weather: Weather) {
        *lock(&self.weather) = weather;
    }

    /// How often each mishap happened.
    pub fn met(&self) -> BTreeMap<Mishap, u64> {
        lock(&self.met).clone()
    }

    /// Requests so far, and those of them that write.
    pub fn requests(&self) -> (u64, u64) {
        *lock(&self.requests)
    }

    /// Markers of additions on which a request's second copy undid a newer write.
    pub fn overtaken(&self) -> BTreeSet<String> {
        lock(&self.overtaken).clone()
    }

    /// What a request's second copy made once more: markers, and the paths of other records.
    pub fn doubled(&self) -> BTreeSet<String> {
        lock(&self.doubled).clone()
    }

    /// Notes what must not happen.
    pub fn wrong(&self, what: String) {
        lock(&self.wrongs).push(what);
    }

    /// The first thing that must not happen, and did.
    pub fn first_wrong(&self) -> Option<String> {
        lock(&self.wrongs).first().cloned()
    }

    /// Somebody else approves a matter.
    pub fn approved(&self, matter: String) {
        lock(&self.approved).insert(matter);
    }

    pub fn was_approved(&self, matter: &str) -> bool {
        lock(&self.approved).contains(matter)
    }

    pub fn tell(&self, line: impl FnOnce() -> String) {
        self.trace.tell(self.began, line);
    }

    fn draw(&self, method: &str) -> Option<Mishap> {
        let weather = lock(&self.weather);
        if weather.mishaps.is_empty() || !self.chance.per_mille(weather.share) {
            return None;
        }
        let fits = |m: &&Mishap| match m {
            Mishap::Twice => method != "POST",
            // No client can do anything about it: it must be told.
            Mishap::MadeTwice => method == "POST",
            Mishap::PatchIgnored => method == "PATCH",
            _ => true,
        };
        let fitting: Vec<Mishap> = weather.mishaps.iter().filter(fits).copied().collect();
        if fitting.is_empty() {
            return None;
        }
        let drawn = *self.chance.pick(&fitting);
        drop(weather);
        *lock(&self.met).entry(drawn).or_default() += 1;
        Some(drawn)
    }

    fn mood(&self, ignores_patches: bool) -> Mood {
        let weather = lock(&self.weather);
        let lag = (weather.lag_ms > 0).then(|| self.chance.ms(0, weather.lag_ms));
        let ignores_filters = self.chance.percent(weather.unfiltered);
        Mood { list_lag: lag, ignores_filters, ignores_patches }
    }

    /// The PSA works on the second copy of a request. One that comes after a newer write and undoes
    /// it is like a person's edit: no client can do anything about it but tell it.
    fn work_again(&self, letter: &Letter) {
        if letter.method == "POST" {
            return self.make_again(letter);
        }
        let id = letter.path.rsplit('/').next().and_then(|n| n.parse().ok());
        let addition = || id.and_then(|id| self.psa.inspect().addition(id));
        let money =
            |a: &Addition| (a.quantity, a.unit_price, a.unit_cost, a.effective, a.cancelled);
        let before = addition();
        self.work(letter, false);
        if let (Some(before), Some(after)) = (before, addition())
            && money(&before) != money(&after)
        {
            lock(&self.overtaken).extend(marker(&after).map(str::to_owned));
        }
    }

    fn make_again(&self, letter: &Letter) {
        let told = self.work(letter, false);
        if told.status != 201 {
            return;
        }
        let made = serde_json::from_slice::<serde_json::Value>(&told.body).unwrap_or_default();
        let made = made["id"].as_i64().and_then(|id| self.psa.inspect().addition(id));
        let what = made.as_ref().and_then(marker).unwrap_or(&letter.path).to_owned();
        lock(&self.doubled).insert(what);
    }

    /// The PSA works on a request.
    fn work(&self, letter: &Letter, ignores_patches: bool) -> Told {
        let asked = Asked {
            method: &letter.method,
            path: &letter.path,
            query: &letter.query,
            forward_only: letter.forward_only,
            body: &letter.body,
        };
        let mut told = self.psa.answer(&asked, self.mood(ignores_patches));
        if self.blind && letter.method == "GET" && letter.path.ends_with("/additions") {
            told.body = b"[]".to_vec();
        }
        self.tell(|| {
            let body = String::from_utf8_lossy(&told.body);
            let short: String = body.chars().take(160).collect();
            format!("      PSA  {} {} -> {} {short}", letter.method, letter.path, told.status)
        });
        told
    }
}

fn lock<T>(of: &Mutex<T>) -> MutexGuard<'_, T> {
    of.lock().unwrap_or_else(PoisonError::into_inner)
}

/// A request on its way.
#[derive(Debug, Clone)]
struct Letter {
    method: String,
    path: String,
    query: String,
    forward_only: bool,
    body: Vec<u8>,
}

impl Letter {
    fn of(request: &Request) -> Self {
        let path = request.url().path();
        let path = path.split_once("/apis/3.0").map_or(path, |(_, rest)| rest);
        Self {
            method: request.method().as_str().to_owned(),
            path: path.to_owned(),
            query: request.url().query().unwrap_or_default().to_owned(),
            forward_only: request.headers().contains_key("pagination-type"),
            body: request.body().and_then(|b| b.as_bytes()).unwrap_or_default().to_vec(),
        }
    }
}

/// The connection of one process.
pub struct Line {
    pub network: Arc<Network>,
    pub fate: Arc<Fate>,
    /// The profile's lease; absent where nothing is written.
    pub key: Option<Key>,
}

impl Wire for Line {
    fn exchange(&self, request: Request) -> BoxFuture<'_, Result<Arrived, NoAnswer>> {
        async move {
            // A process that dies here has sent nothing.
            self.fate.step().await;
            let letter = Letter::of(&request);
            if letter.method != "GET" && !self.key.as_ref().is_some_and(Key::holds) {
                let (method, path) = (&letter.method, &letter.path);
                self.network.wrong(format!("UNLEASED: {method} {path} without the lease"));
            }
            let answer = self.travel(letter).await;
            // One that dies here has the answer, and nobody will ever know.
            self.fate.step().await;
            answer
        }
        .boxed()
    }
}

impl Line {
    async fn travel(&self, letter: Letter) -> Result<Arrived, NoAnswer> {
        let n = &self.network;
        let write = letter.method != "GET";
        {
            let mut requests = lock(&n.requests);
            requests.0 += 1;
            requests.1 += u64::from(write);
        }
        let mishap = n.draw(&letter.method);
        let (there, back) = (n.chance.ms(5, 150), n.chance.ms(5, 150));
        n.tell(|| {
            let body = String::from_utf8_lossy(&letter.body);
            let bad = mishap.map(|m| format!(" [{m:?}]")).unwrap_or_default();
            format!("{} {}{bad} {body}", letter.method, letter.path)
        });
        let Some(mishap) = mishap else {
            let told = if write {
                // On its own from here: a process that dies does not take its request back.
                self.deliver(letter, there, false).await
            } else {
                sleep(there).await;
                n.work(&letter, false)
            };
            sleep(back).await;
            return Ok(whole(told));
        };
        match mishap {
            Mishap::NoConnection => {
                sleep(there).await;
                Err(NoAnswer::NotConnected("simulated".into()))
            }
            Mishap::LostRequest => {
                sleep(PATIENCE).await;
                Err(NoAnswer::Timeout)
            }
            Mishap::ResetBefore => {
                sleep(there + back).await;
                Err(NoAnswer::Broken("simulated".into()))
            }
            Mishap::LostAnswer => {
                let _ = self.deliver(letter, there, false).await;
                sleep(PATIENCE.saturating_sub(there)).await;
                Err(NoAnswer::Timeout)
            }
            Mishap::ResetAfter => {
                let _ = self.deliver(letter, there, false).await;
                sleep(back).await;
                Err(NoAnswer::Broken("simulated".into()))
            }
            Mishap::LateRequest => {
                let late = lock(&n.weather).late_ms.max(1);
                let late = n.chance.ms(1, late);
                drop(self.deliver(letter, late, false));
                sleep(n.chance.ms(1, 300)).await;
                Err(NoAnswer::Broken("simulated".into()))
            }
            Mishap::Twice | Mishap::MadeTwice => {
                let late = lock(&n.weather).late_ms.max(200);
                let again = n.chance.ms(there.as_millis() as u64, late);
                let (network, copy) = (Arc::clone(n), letter.clone());
                tokio::spawn(async move {
                    sleep(again).await;
                    network.work_again(&copy);
                });
                let told = self.deliver(letter, there, false).await;
                sleep(back).await;
                Ok(whole(told))
            }
            Mishap::Throttled => {
                sleep(there + back).await;
                Ok(self.throttled())
            }
            Mishap::ErrorBefore => {
                sleep(there + back).await;
                Ok(self.server_error())
            }
            Mishap::ErrorAfter => {
                let _ = self.deliver(letter, there, false).await;
                sleep(back).await;
                Ok(self.server_error())
            }
            Mishap::PageAfter => {
                let _ = self.deliver(letter, there, false).await;
                sleep(back).await;
                Ok(page(200))
            }
            Mishap::Truncated => {
                let told = self.deliver(letter, there, false).await;
                sleep(back).await;
                let mut arrived = whole(told);
                arrived.body.truncate(arrived.body.len() / 2);
                if arrived.body.is_empty() {
                    return Err(NoAnswer::Broken("simulated".into()));
                }
                Ok(arrived)
            }
            Mishap::PatchIgnored => {
                let told = self.deliver(letter, there, true).await;
                sleep(back).await;
                Ok(whole(told))
            }
        }
    }

    /// Sends a request on its way, and gives what the PSA answers to whoever still listens.
    fn deliver(
        &self,
        letter: Letter,
        after: Duration,
        ignores_patches: bool,
    ) -> impl Future<Output = Told> + use<> {
        let (told, answer) = oneshot::channel();
        let network = Arc::clone(&self.network);
        tokio::spawn(async move {
            sleep(after).await;
            let _ = told.send(network.work(&letter, ignores_patches));
        });
        async move {
            match answer.await {
                Ok(told) => told,
                // The task ends only with the whole simulation.
                Err(_) => std::future::pending().await,
            }
        }
    }

    fn throttled(&self) -> Arrived {
        let chance = &self.network.chance;
        let seconds = chance.below(12);
        let (retry_after, text) = match chance.below(3) {
            0 => (Some(seconds.to_string()), String::new()),
            1 => (None, format!("Too many requests. Please try again in {seconds} seconds.")),
            _ => (None, String::new()),
        };
        let body = serde_json::json!({"error": "ConnectWiseAPI", "message": text});
        Arrived { status: 429, retry_after, body: body.to_string().into(), ..Arrived::default() }
    }

    fn server_error(&self) -> Arrived {
        let status = *self.network.chance.pick(&[500, 502, 503, 504]);
        match self.network.chance.below(3) {
            0 => page(status),
            1 => Arrived { status, ..Arrived::default() },
            _ => {
                let body = br#"{"code":"ConnectWiseApi","message":"A timeout has occured."}"#;
                Arrived { status, body: body.to_vec(), ..Arrived::default() }
            }
        }
    }
}

fn whole(told: Told) -> Arrived {
    Arrived {
        status: told.status,
        content_type: Some("application/json; charset=utf-8".into()),
        link: (!told.link.is_empty()).then_some(told.link),
        retry_after: None,
        body: told.body,
    }
}

fn page(status: u16) -> Arrived {
    Arrived {
        status,
        content_type: Some("text/html".into()),
        body: b"<html><body>gateway</body></html>".to_vec(),
        ..Arrived::default()
    }
}

//! What people decided about additions that are not in the PSA as they were posted.

use std::collections::HashMap;

use serde_json::json;

use super::audit::{self, About};
use super::error::StoreError;
use super::runs::{to_word, word};
use super::{Store, additions};
use crate::domain::addition::OwnAddition;
use crate::domain::audit::AuditKind;
use crate::domain::decision::{Decision, Verdict};
use crate::domain::line::Text;

impl Store {
    /// The decisions that are remembered, by marker.
    pub async fn decisions(&self) -> Result<HashMap<Text, Decision>, StoreError> {
        self.ask(|conn| {
            let mut statement =
                conn.prepare_cached("SELECT marker, verdict, seen FROM decision")?;
            let mut rows = statement.query([])?;
            let mut found = HashMap::new();
            while let Some(r) = rows.next()? {
                let marker: Text =
                    Text::from(r.get_ref(0)?.as_str().map_err(rusqlite::Error::from)?);
                let verdict: String = r.get(1)?;
                let decision = Decision {
                    marker: marker.clone(),
                    verdict: to_word::<Verdict>(&verdict)?,
                    seen: r.get(2)?,
                };
                found.insert(marker, decision);
            }
            Ok(found)
        })
        .await
    }

    /// Remembers decisions, each with the addition as it is known from then on. One transaction,
    /// with its record in the audit journal.
    pub async fn decide(
        &self,
        decided: Vec<(Decision, Option<OwnAddition>)>,
    ) -> Result<(), StoreError> {
        let now = self.now();
        self.write(move |tx| {
            for (decision, own) in decided {
                if let Some(own) = &own {
                    additions::put(tx, own)?;
                }
                if decision.verdict == Verdict::Restore {
                    // It is as it was posted, and nothing has to be remembered.
                    tx.execute("DELETE FROM decision WHERE marker = ?1", [&*decision.marker])?;
                } else {
                    tx.execute(
                        "INSERT OR REPLACE INTO decision (marker, verdict, seen) \
                         VALUES (?1, ?2, ?3)",
                        (&*decision.marker, word(&decision.verdict)?, &decision.seen),
                    )?;
                }
                let body = json!({
                    "marker": &*decision.marker,
                    "verdict": decision.verdict,
                    "seen": decision.seen,
                    "posted": own.map(|o| o.fields),
                });
                audit::append(tx, AuditKind::Decided, About::at(now), &body)?;
            }
            Ok(())
        })
        .await
    }
}

//! Two at once: two runs on one store, or two machines with stores of their own.

use std::time::Duration;

use futures_util::FutureExt;
use tokio::time::sleep;

use super::biller::{self, Asked};
use super::oracle;
use super::process::{Overrule, Setup};
use super::story::{Act, SETTLE, Story};

impl Story<'_> {
    /// The store is lost, and filled again from the PSA and the source.
    pub(super) async fn forget(&mut self, setup: &Setup) -> oracle::Verdict {
        setup.memory.forget_work().map_err(|e| e.to_string())?;
        let process = self.quiet_process(setup).await?;
        self.stage.fill(&process.store, &self.bill).await.map_err(|e| e.to_string())?;
        let periods = self.bill.loaded().to_vec();
        self.load(setup, &periods).await
    }

    /// Two runs at once. What nobody can keep from happening twice is seen afterwards, and a person
    /// takes the second one away.
    pub(super) async fn two_at_once(&mut self, act: Act) -> oracle::Verdict {
        let mut second = self.setup.clone();
        if act == Act::TwoMachines {
            second.machine = 1;
            second.memory = self.stage.memories[1].clone();
            second.lease = self.lease_elsewhere.clone();
            self.lost_store = true;
            sleep(SETTLE).await;
            self.forget(&second).await?;
        }
        let (setup, wait) = (self.setup.clone(), self.chance.ms(0, 1_500));
        let (Some(one), Some(two)) = (self.process(&setup).await, self.process(&second).await)
        else {
            return Ok(());
        };
        self.runs += 2;
        // Mostly the first one's lease is lost while it is at work. Where it is not, the second one
        // waits for the first one's end, or for its death.
        let loses = self.whim.percent(70);
        let asked = |approved| Asked { overrule: Overrule::default(), accepts: false, approved };
        let late = async {
            sleep(wait).await;
            if loses {
                self.network.tell(|| "the lease is lost".into());
                second.lease.lose();
            }
            biller::in_turn(&two, asked(true)).await
        };
        let early = biller::sync(&one, asked(true)).boxed_local();
        tokio::join!(self.survive(&one, early), self.survive(&two, late.boxed_local()));
        self.one_of_each(act).await
    }

    async fn one_of_each(&mut self, act: Act) -> oracle::Verdict {
        // Requests of a process that died may still be on their way.
        sleep(Duration::from_secs(30)).await;
        self.one_new_agreement();
        for (marker, all) in oracle::ours(&self.network) {
            if all.len() < 2 {
                continue;
            }
            if self.network.doubled().contains(&marker) {
                continue;
            }
            if act == Act::TwoRuns {
                return Err(format!("TWICE: {marker}, by two runs on one store"));
            }
            self.doubled += 1;
            self.touched.insert(marker);
            for addition in &all[1..] {
                self.network.psa.inspect().delete_addition(addition.id);
            }
        }
        Ok(())
    }
}

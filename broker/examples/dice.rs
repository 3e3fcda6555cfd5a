//! Throws dice on a thread of their own. Run with
//!
//! ```sh
//! cargo run -p broker --example dice
//! ```

use std::convert::Infallible;
use std::sync::Arc;
use std::time::Duration;

use broker::{Broker, Config, Health, Pipeline};

/// The dice in the cup. Nobody else can reach them, so they need no lock.
struct Cup(u64);

impl Pipeline for Cup {
    type Request = u64;
    type Response = u64;
    type Error = Infallible;

    fn run(&mut self, batch: Vec<u64>) -> Result<Vec<u64>, Infallible> {
        self.0 = self.0.wrapping_mul(6364136223846793005).wrapping_add(1442695040888963407);
        Ok(batch.iter().map(|sides| 1 + (self.0 >> 33) % sides.max(&1)).collect())
    }
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let config = Config { name: "cup".into(), ..Config::default() };
    let broker = Broker::start(config, Arc::new(()), || Ok::<_, Infallible>(Cup(42)))?;
    broker.health().wait_for(|health| *health == Health::Ready).await?;
    let tickets = [4, 6, 20].map(|sides| broker.submit(sides, None));
    for ticket in tickets {
        let answer = ticket?.await?;
        println!("{} (in a batch of {})", answer.response, answer.batch_size);
    }
    broker.shutdown(Duration::from_secs(1)).await?;
    Ok(())
}

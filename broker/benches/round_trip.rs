//! From a submission to its answer, when the pipeline takes no time.

use std::{convert::Infallible, sync::Arc};

use broker::{Broker, Config, Health, Pipeline};
use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use tokio::runtime::Builder;

/// Gives back what it gets.
struct Echo;

impl Pipeline for Echo {
    type Request = u64;
    type Response = u64;
    type Error = Infallible;

    fn run(&mut self, batch: Vec<u64>) -> Result<Vec<u64>, Infallible> {
        Ok(batch)
    }
}

fn round_trips(c: &mut Criterion) {
    let runtime = Builder::new_current_thread().enable_time().build();
    let runtime = runtime.expect("the system gives a runtime");
    let _entered = runtime.enter();
    let broker = Broker::start(Config::default(), Arc::new(()), || Ok::<_, Infallible>(Echo));
    let broker = broker.expect("the system gives a thread");
    let mut health = broker.health();
    let ready = runtime.block_on(health.wait_for(|health| *health == Health::Ready));
    assert!(ready.is_ok(), "the pipeline can be made");
    drop(ready);
    let submit = || broker.submit(1, None).expect("there is a place in the queue");
    let mut group = c.benchmark_group("round trip");
    group.bench_function("1 request", |b| b.iter(|| runtime.block_on(submit())));
    // As many as may wait by default.
    let many = Config::default().queue;
    group.throughput(Throughput::Elements(many as u64));
    group.bench_function(format!("{many} requests at once"), |b| {
        b.iter(|| {
            let tickets: Vec<_> = (0..many).map(|_| submit()).collect();
            runtime.block_on(async {
                for ticket in tickets {
                    ticket.await.expect("the pipeline never fails");
                }
            });
        });
    });
    group.finish();
}

criterion_group!(benches, round_trips);
criterion_main!(benches);

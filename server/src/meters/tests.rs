use app::problem::Problem;

use super::*;

fn problem(status: u16, code: &str) -> Problem {
    Problem::new(status, code, "Title", "Detail")
}

fn tally(meters: &Meters) -> Tally {
    meters.tallies().remove("flags").expect("it was asked")
}

#[test]
fn every_end_is_counted_once_and_the_sums_hold_at_every_step() {
    let meters = Meters::default();
    let holds = || assert!(tally(&meters).adds_up(), "{:?}", tally(&meters));

    let ok = meters.arrive("flags");
    holds();
    ok.queued();
    holds();
    ok.mark().running();
    holds();
    ok.settle(None);
    holds();

    meters.arrive("flags").settle(Some(&problem(503, "queue_full")));
    holds();
    meters.arrive("flags").settle(Some(&problem(422, "picture_damaged")));
    holds();
    let late = meters.arrive("flags");
    late.queued();
    late.settle(Some(&problem(504, "deadline_exceeded")));
    holds();
    let stopped = meters.arrive("flags");
    stopped.queued();
    stopped.settle(Some(&problem(503, "stopping")));
    holds();
    let gone = meters.arrive("flags");
    let mark = gone.mark();
    gone.queued();
    drop(gone);
    holds();
    mark.running();
    holds();

    let tally = tally(&meters);
    assert_eq!((tally.requests, tally.accepted), (6, 5));
    assert_eq!((tally.ok, tally.failed, tally.rejected), (1, 2, 1));
    assert_eq!((tally.expired, tally.cancelled), (1, 1));
    assert_eq!((tally.preparing, tally.queued, tally.running), (0, 0, 0));
}

#[test]
fn a_worker_that_is_faster_than_the_one_who_queued_is_counted_right() {
    let meters = Meters::default();
    let passage = meters.arrive("flags");
    passage.mark().running();
    passage.queued();
    assert_eq!((tally(&meters).queued, tally(&meters).running), (0, 1));
    assert!(tally(&meters).adds_up());
}

#[test]
fn a_model_that_is_gone_has_no_state_any_more() {
    let meters = Meters::default();
    let models = [("old".to_owned(), ModelGauges { state: "ready", load_seconds: None })];
    let before = meters.expose(&Gauges { models: models.into(), ..Gauges::default() });
    assert!(before.contains("vitrine_model_state{model=\"old\""), "{before}");
    std::thread::sleep(Duration::from_millis(1100));
    let after = meters.expose(&Gauges::default());
    assert!(!after.contains("vitrine_model_state{"), "{after}");
    assert!(after.contains("vitrine_queue_depth 0"), "{after}");
}

#[test]
fn the_exposition_has_types_labels_and_bounds() {
    let meters = Meters::default();
    let passage = meters.arrive("flags");
    passage.took(Stage::Decode, Duration::from_millis(3));
    passage.queued();
    passage.settle(None);
    meters.ran("flags", 2, Duration::from_millis(5));
    meters.unknown_model(1);
    let models = [("flags".to_owned(), ModelGauges { state: "ready", load_seconds: Some(0.5) })];
    let text = meters.expose(&Gauges { models: models.into(), ..Gauges::default() });
    for line in [
        "# TYPE vitrine_requests_total counter",
        "vitrine_request_outcomes_total{model=\"flags\",outcome=\"ok\"} 1",
        "vitrine_decode_seconds_bucket{model=\"flags\",le=\"0.005\"} 1",
        "vitrine_decode_seconds_bucket{model=\"flags\",le=\"0.0025\"} 0",
        "vitrine_batch_size_bucket{model=\"flags\",le=\"2\"} 1",
        "vitrine_model_state{model=\"flags\",state=\"ready\"} 1",
        "vitrine_model_state{model=\"flags\",state=\"failed\"} 0",
        "vitrine_unknown_model_requests_total 1",
        "# TYPE nv_inference_count counter",
        "nv_inference_count{model=\"flags\",version=\"1\"} 2",
        "nv_inference_exec_count{model=\"flags\",version=\"1\"} 1",
    ] {
        assert!(text.lines().any(|there| there == line), "{line} is not in\n{text}");
    }
    assert!(text.contains("process_resident_memory_bytes "), "{text}");
}

#[test]
fn a_request_with_several_pictures_is_one_success_or_one_failure() {
    let meters = Meters::default();
    let settle = |passages: Vec<Passage>, problem: Option<&Problem>| {
        passages.into_iter().for_each(|passage| passage.settle(problem));
    };
    settle(meters.arrive_together("flags", 3), None);
    let mut mixed = meters.arrive_together("flags", 2);
    mixed.remove(0).settle(Some(&problem(422, "picture_damaged")));
    assert_eq!(tally(&meters).statistics.fail.count, 0, "the request is not over");
    // Another picture of a request that has failed is given up.
    drop(mixed);
    drop(meters.arrive_together("flags", 2));
    let full = problem(503, "queue_full");
    meters.arrive_together("flags", 4).into_iter().for_each(|passage| passage.refuse(&full));

    let tally = tally(&meters);
    assert!(tally.adds_up(), "{tally:?}");
    assert_eq!((tally.requests, tally.ok, tally.failed), (11, 3, 1));
    assert_eq!((tally.rejected, tally.cancelled), (4, 3));
    let ModelStatistics { success, fail, reasons, queue, .. } = tally.statistics;
    assert_eq!((success.count, fail.count, queue.count), (1, 3, 1));
    assert_eq!(reasons, Reasons { rejected: 1, cancelled: 1, network: 0, other: 1 });
}

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
    meters.ran("flags", 2);
    meters.unknown_model();
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

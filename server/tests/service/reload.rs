//! Models that come, change and go while others are asked.

use std::{
    env, fs,
    path::Path,
    process::Command,
    sync::atomic::{AtomicBool, Ordering},
    time::Duration,
};

use app::{
    classify::{Classifier, Picture},
    wire::ModelState,
};
use server::{
    registry::{Loading, Preload},
    service::{Limits, Service},
};
use tempfile::TempDir;
use vision::compute::Compute;

use crate::{ask, common::models::make_model, limits, ready, start};

const EXAMPLE: Picture = Picture::Example(None);

fn lazy(max_loaded: Option<usize>) -> Limits {
    let loading = Loading { preload: Preload::Nothing, max_loaded, compute: Compute::default() };
    Limits { loading, ..limits() }
}

fn state(service: &Service, model: &str) -> Option<ModelState> {
    service.model(model).map(|summary| summary.state)
}

/// Changes what a model calls its classes, so that one can tell which version answers.
fn rename_labels(models: &Path, model: &str, word: &str) {
    let labels: String = (0..7).map(|i| format!("{word} {i}\n")).collect();
    fs::write(models.join(model).join("labels.new"), labels).unwrap();
    fs::rename(models.join(model).join("labels.new"), models.join(model).join("labels.txt"))
        .unwrap();
}

async fn label(service: &Service, model: &str) -> String {
    ask(service, model, EXAMPLE).await.unwrap().predictions[0].label.clone()
}

/// Lets the registry look, and waits until it has, which is when a condition holds.
async fn looked(service: &Service, mut done: impl AsyncFnMut() -> bool) {
    for _ in 0..600 {
        service.registry().rescan(false);
        tokio::time::sleep(Duration::from_millis(50)).await;
        if done().await {
            return;
        }
    }
    panic!("nothing happened within half a minute");
}

#[tokio::test]
async fn a_model_that_is_not_preloaded_is_loaded_for_the_first_who_asks() {
    let folder = TempDir::new().unwrap();
    make_model(folder.path(), "small", None, true);
    let service = start(folder.path(), lazy(None));
    service.settled().await;
    assert_eq!(state(&service, "small"), Some(ModelState::Standby));
    assert!(ask(&service, "small", EXAMPLE).await.is_ok());
    assert_eq!(state(&service, "small"), Some(ModelState::Ready));
}

#[tokio::test]
async fn who_asks_while_models_are_loaded_is_answered_when_they_are() {
    let folder = TempDir::new().unwrap();
    make_model(folder.path(), "small", None, true);
    let service = start(folder.path(), limits());
    assert!(ask(&service, "small", EXAMPLE).await.is_ok());
}

#[tokio::test]
async fn with_room_for_one_the_models_take_turns() {
    let folder = TempDir::new().unwrap();
    for name in ["a", "b", "c"] {
        make_model(folder.path(), name, None, true);
    }
    let service = start(folder.path(), lazy(Some(2)));
    for (asked, dropped) in [("a", "b"), ("b", "c"), ("c", "a"), ("b", "a"), ("a", "c")] {
        assert!(ask(&service, asked, EXAMPLE).await.is_ok());
        assert_eq!(state(&service, asked), Some(ModelState::Ready));
        assert_eq!(state(&service, dropped), Some(ModelState::Standby), "after {asked}");
    }
}

#[tokio::test]
async fn a_new_model_is_noticed_and_one_that_is_gone_too() {
    let (folder, service) = ready(limits()).await;
    make_model(folder.path(), "young", None, true);
    looked(&service, async || state(&service, "young") == Some(ModelState::Ready)).await;
    assert!(ask(&service, "young", EXAMPLE).await.is_ok());
    fs::remove_dir_all(folder.path().join("young")).unwrap();
    looked(&service, async || state(&service, "young").is_none()).await;
    let problem = ask(&service, "young", EXAMPLE).await.unwrap_err();
    assert_eq!(problem.code, "model_unknown");
    assert!(ask(&service, "small", EXAMPLE).await.is_ok());
}

#[tokio::test]
async fn a_broken_new_version_is_refused_and_the_old_one_goes_on() {
    let (folder, service) = ready(limits()).await;
    let outdated = || service.model("small").unwrap().outdated;
    let card = folder.path().join("small/model.toml");
    let good = fs::read_to_string(&card).unwrap();
    assert!(label(&service, "small").await.starts_with("class "));

    fs::write(&card, "name = 7").unwrap();
    looked(&service, async || outdated()).await;
    assert!(label(&service, "small").await.starts_with("class "));

    // Whole and well formed, but the weights do not fit it.
    fs::write(&card, good.replace("hidden = [16]", "hidden = [17]")).unwrap();
    looked(&service, async || outdated()).await;
    assert!(label(&service, "small").await.starts_with("class "));
    let weights = folder.path().join("small/model.safetensors");
    fs::rename(&weights, folder.path().join("small/kept")).unwrap();
    fs::write(&card, &good).unwrap();
    looked(&service, async || outdated()).await;
    assert!(label(&service, "small").await.starts_with("class "), "weights that are gone");

    fs::rename(folder.path().join("small/kept"), &weights).unwrap();
    rename_labels(folder.path(), "small", "kind");
    looked(&service, async || !outdated()).await;
    assert!(label(&service, "small").await.starts_with("kind "), "the good one");
}

#[tokio::test]
async fn weights_that_arrive_take_over_from_the_stand_in() {
    let folder = TempDir::new().unwrap();
    make_model(folder.path(), "big", Some("small"), false);
    make_model(folder.path(), "small", None, true);
    let service = start(folder.path(), limits());
    assert_eq!(ask(&service, "big", EXAMPLE).await.unwrap().model, "small");
    service.registry().fetching("big", 10, Some(100));
    let fetching = ModelState::Fetching { received: 10, total: Some(100) };
    assert_eq!(state(&service, "big"), Some(fetching));
    assert_eq!(ask(&service, "big", EXAMPLE).await.unwrap().model, "small");
    let weights = |model: &str| folder.path().join(model).join("model.safetensors");
    fs::copy(weights("small"), weights("big")).unwrap();
    service.registry().look("big");
    looked(&service, async || state(&service, "big") == Some(ModelState::Ready)).await;
    assert_eq!(ask(&service, "big", EXAMPLE).await.unwrap().model, "big");
}

/// Resident memory of this process in kB.
fn resident() -> u64 {
    let status = fs::read_to_string("/proc/self/status").unwrap();
    let line = status.lines().find(|line| line.starts_with("VmRSS:")).unwrap();
    line.split_whitespace().nth(1).unwrap().parse().unwrap()
}

/// In a process of its own, since memory is a whole process's and other tests run in this one.
#[test]
fn fifty_reloads_under_load_fail_no_request_and_keep_no_memory() {
    const ALONE: &str = "VITRINE_TEST_ALONE";
    if env::var_os(ALONE).is_some() {
        return tokio::runtime::Runtime::new().unwrap().block_on(fifty_reloads());
    }
    let test = "reload::fifty_reloads_under_load_fail_no_request_and_keep_no_memory";
    let mut alone = Command::new(env::current_exe().unwrap());
    let done = alone.args(["--exact", test]).env(ALONE, "1").output().unwrap();
    let said = String::from_utf8_lossy(&done.stdout);
    assert!(done.status.success() && said.contains("1 passed"), "{said}");
}

async fn fifty_reloads() {
    let (folder, service) = ready(limits()).await;
    let over = AtomicBool::new(false);
    let asking = async || {
        let mut answered = 0_u32;
        while !over.load(Ordering::Relaxed) {
            let label = label(&service, "small").await;
            assert!(label.starts_with("class ") || label.starts_with("version "), "{label}");
            answered += 1;
        }
        answered
    };
    let reloading = async {
        let mut settled = 0;
        for version in 0..50 {
            let word = format!("version {version}");
            rename_labels(folder.path(), "small", &word);
            service.registry().look("small");
            while !label(&service, "small").await.starts_with(&word) {}
            if version == 9 {
                settled = resident();
            }
        }
        over.store(true, Ordering::Relaxed);
        (settled, resident())
    };
    let (a, b, c, (settled, last)) = tokio::join!(asking(), asking(), asking(), reloading);
    assert!(a > 50 && b > 50 && c > 50, "{a}, {b} and {c} were answered");
    let allowed = settled + settled / 20 + 40_000;
    assert!(last <= allowed, "{settled} kB after ten reloads, {last} kB after fifty");
}

#pragma once

#include <memory>
#include <optional>
#include <string>
#include <utility>

#include <gtest/gtest.h>

#include "tests/unit/herder/fake_cluster.h"

namespace tests {

// A cluster of two workers, at rest.
class ClusterTest : public testing::Test {
protected:
  using Worker = FakeCluster::Worker;
  template <class T> using Answer = std::shared_ptr<std::optional<host::Result<T>>>;

  ClusterTest() : a(cluster.add("a")), b(cluster.add("b")) { cluster.settle(); }

  static host::herder::SubmittedConfig sink(int tasks, const std::string &topics = "t") {
    return {{"connector.class", "FileStreamSink"},
            {"file", "f"},
            {"topics", topics},
            {"tasks.max", std::to_string(tasks)}};
  }
  template <class T, class Call> Answer<T> ask(Call call) {
    auto answer = std::make_shared<std::optional<host::Result<T>>>();
    call([answer](host::Result<T> result) { answer->emplace(std::move(result)); });
    cluster.settle();
    return answer;
  }
  Answer<host::herder::Changed> put(Worker &worker, const std::string &name,
                                    host::herder::SubmittedConfig config) {
    config.set("name", name);
    return ask<host::herder::Changed>(
        [&](auto done) { worker.herder->put_config(name, std::move(config), std::move(done)); });
  }
  Answer<void> target(Worker &worker, const std::string &name, host::TargetState state) {
    return ask<void>([&](auto done) { worker.herder->set_target(name, state, std::move(done)); });
  }
  // `RUNNING a [RUNNING b, RUNNING a]`, as a worker shows it.
  static std::string shown(const Worker &worker, const std::string &name) {
    const auto view = worker.herder->snapshot()->find(name);
    if (view == nullptr)
      return "none";
    const auto text = [](const host::herder::PartStatus &status) {
      return std::string(name_of(status.state)) + " " + status.worker_id.substr(0, 1);
    };
    std::string all = (view->status ? text(*view->status) : "-") + " [";
    for (const auto &[number, status] : view->tasks)
      all += (all.back() == '[' ? "" : ", ") + text(status);
    return all + "]";
  }

  FakeCluster cluster;
  Worker &a, &b;
};

} // namespace tests

#pragma once

#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

#include "host/base/clock.h"
#include "host/herder/standalone_herder.h"
#include "tests/contract/fakes.h"
#include "tests/unit/herder/manual_clock.h"

namespace tests {

// A standalone herder whose thread is the test's own: run() does all that can be done now.
class HerderTest : public testing::Test {
protected:
  using Changed = host::herder::Changed;
  using View = std::shared_ptr<const host::herder::ConnectorView>;
  template <class T> using Answer = std::shared_ptr<std::optional<host::Result<T>>>;

  HerderTest() {
    make({});
    open();
  }
  ~HerderTest() override {
    supervisor->release();
    herder->stop();
  }

  void make(host::herder::WorkerOptions options) {
    if (options.worker_id.empty())
      options.worker_id = "w:8083";
    herder = std::make_unique<host::herder::StandaloneHerder>(std::move(options), catalog, offsets,
                                                              groups.calls(), clock);
    supervisor = std::make_unique<FakeSupervisor>(*herder);
    herder->use(*supervisor);
  }
  void open() {
    herder->open("cluster", {}, [](const host::Status &) {});
    run();
  }
  void run() { herder->tick().run_due(); }

  // Passes a callback to `call`; what it gets is in the answer.
  template <class T, class Call> Answer<T> start(Call call) {
    auto answer = std::make_shared<std::optional<host::Result<T>>>();
    call([answer](host::Result<T> result) { answer->emplace(std::move(result)); });
    run();
    return answer;
  }

  static host::herder::SubmittedConfig source(std::string topic = "t") {
    return {{"connector.class", "FileStreamSource"}, {"file", "f"}, {"topic", std::move(topic)}};
  }
  Answer<Changed> create(const std::string &name, host::herder::SubmittedConfig config,
                         host::TargetState state = host::TargetState::Started) {
    config.set("name", name);
    return start<Changed>([&](auto done) {
      herder->create({name, std::move(config), state}, std::move(done));
    });
  }
  Answer<Changed> put(const std::string &name, host::herder::SubmittedConfig config) {
    config.set("name", name);
    return start<Changed>(
        [&](auto done) { herder->put_config(name, std::move(config), std::move(done)); });
  }
  Answer<void> remove(const std::string &name) {
    return start<void>([&](auto done) { herder->remove(name, std::move(done)); });
  }
  Answer<void> target(const std::string &name, host::TargetState state) {
    return start<void>([&](auto done) { herder->set_target(name, state, std::move(done)); });
  }

  View view(const std::string &name) const { return herder->snapshot()->find(name); }
  // `RUNNING [RUNNING, FAILED]`
  std::string states(const std::string &name) const {
    const View shown = view(name);
    std::string text = shown->status ? std::string(name_of(shown->status->state)) : "-";
    text += " [";
    for (const auto &[number, status] : shown->tasks)
      text += (text.back() == '[' ? "" : ", ") + std::string(name_of(status.state));
    return text + "]";
  }
  using Calls = std::vector<std::string>;

  ManualClock clock;
  FixedCatalog catalog{file_connectors()};
  FakeOffsetStore offsets;
  FakeGroups groups;
  std::unique_ptr<host::herder::StandaloneHerder> herder;
  std::unique_ptr<FakeSupervisor> supervisor;
};

} // namespace tests

#pragma once

#include <unistd.h>

#include <chrono>
#include <cstdlib>
#include <string>

#include <gtest/gtest.h>

#include "host/base/strings.h"
#include "host/kafka/admin.h"
#include "host/kafka/client_config.h"

namespace host::test {

// A test on the broker that all system tests share: names of its own, nothing assumed of the rest.
class BrokerTest : public testing::Test {
protected:
  void SetUp() override {
    const char *bootstrap = std::getenv("SLUICE_TEST_BOOTSTRAP");
    if (bootstrap == nullptr)
      GTEST_SKIP() << "no broker: SLUICE_TEST_BOOTSTRAP is not set (./dev test sets it)";
    worker_ = {{"bootstrap.servers", bootstrap}, {"offset.storage.replication.factor", "1"}};
    auto admin = kafka::Admin::create(config(kafka::ClientKind::WorkerAdmin));
    ASSERT_TRUE(admin) << admin.error().message();
    admin_ = *std::move(admin);
  }

  // A name that no other test and no other run has.
  std::string unique(const std::string &name) const {
    const auto now = std::chrono::system_clock::now().time_since_epoch().count();
    return name + "-" + std::to_string(::getpid()) + "-" + std::to_string(now);
  }

  kafka::ClientConfig config(kafka::ClientKind kind, std::int32_t task = 0) const {
    auto made = kafka::client_config({.kind = kind,
                                      .worker = worker_,
                                      .connector = &connector_,
                                      .task = TaskId{connector_.get("name"), task},
                                      .store = "offsets"});
    EXPECT_TRUE(made) << made.error().message();
    return *made;
  }

  void make_topic(const std::string &name, std::int32_t partitions, StringMap settings = {}) {
    const Status made = admin_->create_topic({.name = name,
                                              .partitions = partitions,
                                              .replication_factor = 1,
                                              .config = std::move(settings)},
                                             {});
    ASSERT_TRUE(made) << made.error().message();
    // A broker knows a topic a little later than its controller.
    const TimePoint deadline = std::chrono::steady_clock::now() + std::chrono::seconds(20);
    while (!admin_->describe_topic(name, {}).value())
      ASSERT_LT(std::chrono::steady_clock::now(), deadline) << name;
  }

  StringMap worker_;
  StringMap connector_{{"name", unique("c")}};
  std::unique_ptr<kafka::Admin> admin_;
};

} // namespace host::test

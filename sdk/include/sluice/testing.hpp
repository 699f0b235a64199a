// SPDX-License-Identifier: Apache-2.0
#pragma once

// Tests connectors without a host and without Kafka:
//
//   sluice::testing::fake_host host;
//   sluice::testing::source_run run(host, sluice::testing::load("acme.so"), "com.acme.AcmeSource");
//   run.start({{"topic", "t"}});
//   EXPECT_EQ(run.poll(1s).at(0).value, "hello");
//
// Needs no test framework: what goes wrong is thrown.
#include "sluice/testing/fake_host.hpp"
#include "sluice/testing/runs.hpp"
#include "sluice/testing/schemas.hpp"

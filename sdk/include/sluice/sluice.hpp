// SPDX-License-Identifier: Apache-2.0
#pragma once

// The whole C++ layer.
#include "sluice/metrics.hpp"
#include "sluice/plugin.hpp"
#include "sluice/pool.hpp"
#include "sluice/secret.hpp"
#include "sluice/waiter.hpp"

#pragma once

#include <utility> // before Asio, whose coroutine headers of Boost 1.74 need std::exchange

#include <boost/asio/awaitable.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/use_awaitable.hpp>

#include "host/base/error.h"

// GCC 12 takes Asio's frame allocator, once it is inlined, for a mismatch of new and delete.
#if defined(__GNUC__) && !defined(__clang__)
#pragma GCC diagnostic ignored "-Wmismatched-new-delete"
#endif

namespace host::wire {

template <class T> using Async = boost::asio::awaitable<T>;

// `co_await operation(…, awaited(error))`: the error instead of an exception.
inline auto awaited(boost::system::error_code &error) {
  return boost::asio::redirect_error(boost::asio::use_awaitable, error);
}

} // namespace host::wire

// HOST_TRY and HOST_ASSIGN for coroutines.
#define HOST_CO_TRY(expression)                                                                    \
  do {                                                                                             \
    if (auto host_try_result = (expression); !host_try_result)                                     \
      co_return ::host::fail(std::move(host_try_result).error());                                  \
  } while (false)
#define HOST_CO_ASSIGN(target, expression)                                                         \
  auto HOST_CONCAT(host_assign_, __LINE__) = (expression);                                         \
  if (!HOST_CONCAT(host_assign_, __LINE__))                                                        \
    co_return ::host::fail(std::move(HOST_CONCAT(host_assign_, __LINE__)).error());                \
  target = *std::move(HOST_CONCAT(host_assign_, __LINE__))

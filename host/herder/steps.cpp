#include "host/herder/steps.h"

#include "host/base/log.h"

namespace host::herder {
namespace {

const log::Logger kLog{"sluice.herder"};

} // namespace

void log_failed_job(std::exception_ptr thrown) {
  try {
    std::rethrow_exception(std::move(thrown));
  } catch (const std::exception &e) {
    kLog.error("A request ended with an exception, which is a defect: {}", e.what());
  } catch (...) {
    kLog.error("A request ended with an unknown exception, which is a defect");
  }
}

} // namespace host::herder

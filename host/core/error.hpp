// Failures that a user can cause, and the exit status each of them ends with.
#pragma once

#include <stdexcept>
#include <string>

#include "host/core/printable.hpp"

namespace gateless {

/// Exit statuses of the program (DESIGN: 0 done, 2 usage, 3 input, 4 device or memory, 70 a bug).
enum class ExitStatus : int { kDone = 0, kUsage = 2, kInput = 3, kDevice = 4, kBug = 70 };

/// A failure to be shown to the user. The message reads
/// `<where>: <what is wrong> (<why that matters>); <what to do>`.
class UserError : public std::runtime_error {
 public:
  UserError(ExitStatus status, const std::string& message)
      : std::runtime_error(printable(message)), status_(status) {}
  [[nodiscard]] ExitStatus status() const noexcept { return status_; }

 private:
  ExitStatus status_;
};

/// Wrong command line or option value (exit 2).
class UsageError : public UserError {
 public:
  explicit UsageError(const std::string& message) : UserError(ExitStatus::kUsage, message) {}
};

/// A file that cannot be used as it is (exit 3).
class InputError : public UserError {
 public:
  explicit InputError(const std::string& message) : UserError(ExitStatus::kInput, message) {}
};

/// A device or memory that is not there or not enough (exit 4).
class DeviceError : public UserError {
 public:
  explicit DeviceError(const std::string& message) : UserError(ExitStatus::kDevice, message) {}
};

}  // namespace gateless

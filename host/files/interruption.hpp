// What a command says when it is interrupted, before it ends as it would have.
#pragma once

#include <string>

namespace gateless::files {

/// SIGINT and SIGTERM write this text to stderr from here on, then end the program as they always do. Called by one thread.
void tell_when_interrupted(const std::string& text);

}  // namespace gateless::files

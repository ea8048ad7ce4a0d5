// Stand-in for libcurl in the static program: Debian's HDF5 can read from S3 through it, which gateless never asks for, and
// libcurl cannot be linked statically there. Every call fails as if there were no network.
extern "C" {

int curl_global_init(long /*flags*/) { return 2; }  // CURLE_FAILED_INIT
void curl_global_cleanup() {}
void* curl_easy_init() { return nullptr; }
void curl_easy_cleanup(void* /*handle*/) {}
int curl_easy_perform(void* /*handle*/) { return 7; }  // CURLE_COULDNT_CONNECT
int curl_easy_setopt(void* /*handle*/, int /*option*/, ...) { return 0; }
void* curl_slist_append(void* /*list*/, const char* /*text*/) { return nullptr; }
void curl_slist_free_all(void* /*list*/) {}
}

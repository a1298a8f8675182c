# Drives a gem for omniauth, unchanged, on Debian's omniauth: v1 in RSA, the person and, where it asks, their roles.
# PROVIDER is its name: `esia` of netcitylife/omniauth-esia and Elsant/omniauth-esia, or `esia_openid` of Mayar's.

$LOAD_PATH.unshift "#{ENV.fetch('CLIENT')}/lib"
require 'rack'
require 'omniauth'
require 'jwt'
require ENV.fetch('PROVIDER') == 'esia' ? 'omniauth-esia' : 'omniauth-esia_openid'
require 'json'
require 'net/http'

OmniAuth.config.logger.level = Logger::FATAL
OmniAuth.config.request_validation_phase = nil
keys = ENV.fetch('KEYS')
app = Rack::Builder.new do
  use Rack::Session::Cookie, secret: 'x' * 64
  use OmniAuth::Builder do
    scope = 'openid fullname snils usr_org contacts'
    client_options = { site: ENV.fetch('BASE'), authorize_url: 'aas/oauth2/ac', token_url: 'aas/oauth2/te' }
    if ENV.fetch('PROVIDER') == 'esia'
      provider :esia, 'SYSTEM',
               scope: scope, client_options: client_options, extra_info: %i[organizations contacts],
               key_path: "#{keys}/rsa.key", crt_path: "#{keys}/rsa.crt"
    else
      provider :esia_openid, 'SYSTEM', File.read("#{keys}/rsa.crt"), File.read("#{keys}/rsa.key"),
               scope: scope, client_options: client_options, ctts: true
    end
  end
  run(lambda do |env|
    auth = env['omniauth.auth']
    [200, {}, [JSON.generate(uid: auth.uid, info: auth.info, extra: auth.extra)]]
  end)
end.to_app

browser = Rack::MockRequest.new(app)
host = { 'HTTP_HOST' => 'localhost:4567', 'SERVER_NAME' => 'localhost', 'SERVER_PORT' => '4567' }
path = "/auth/#{ENV.fetch('PROVIDER')}"
start = browser.post(path, host)
cookie = start['Set-Cookie'].split(';')[0]
address = URI.encode_www_form_component(start['Location'])
answer = JSON.parse(Net::HTTP.get(URI("#{ENV.fetch('BROWSER')}/?url=#{address}")))
# Mayar's sends its first state again: a second has to pass, or the string to be signed is the same.
sleep 1
query = URI.encode_www_form(answer.slice('code', 'state'))
puts browser.get("#{path}/callback?#{query}", host.merge('HTTP_COOKIE' => cookie)).body

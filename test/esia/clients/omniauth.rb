# Drives netcitylife/omniauth-esia, unchanged, on Debian's omniauth: v1 in RSA, the person and their roles.

$LOAD_PATH.unshift "#{ENV.fetch('CLIENT')}/lib"
require 'rack'
require 'omniauth'
require 'jwt'
require 'omniauth-esia'
require 'json'
require 'net/http'

OmniAuth.config.logger.level = Logger::FATAL
OmniAuth.config.request_validation_phase = nil
keys = ENV.fetch('KEYS')
app = Rack::Builder.new do
  use Rack::Session::Cookie, secret: 'x' * 64
  use OmniAuth::Builder do
    provider :esia, 'SYSTEM',
             scope: 'openid fullname snils usr_org contacts',
             key_path: "#{keys}/rsa.key", crt_path: "#{keys}/rsa.crt",
             extra_info: %i[organizations contacts],
             client_options: { site: ENV.fetch('BASE') }
  end
  run(lambda do |env|
    auth = env['omniauth.auth']
    [200, {}, [JSON.generate(uid: auth.uid, info: auth.info, extra: auth.extra)]]
  end)
end.to_app

browser = Rack::MockRequest.new(app)
host = { 'HTTP_HOST' => 'localhost:4567', 'SERVER_NAME' => 'localhost', 'SERVER_PORT' => '4567' }
start = browser.post('/auth/esia', host)
cookie = start['Set-Cookie'].split(';')[0]
address = URI.encode_www_form_component(start['Location'])
answer = JSON.parse(Net::HTTP.get(URI("#{ENV.fetch('BROWSER')}/?url=#{address}")))
query = URI.encode_www_form(answer.slice('code', 'state'))
puts browser.get("/auth/esia/callback?#{query}", host.merge('HTTP_COOKIE' => cookie)).body

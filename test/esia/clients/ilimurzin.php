<?php

// Drives ilimurzin/esia, unchanged, through v2/ac, v3/te and a refresh, by both of its OpenSSL signers.

require '/usr/share/php/GuzzleHttp/autoload.php';

$client = getenv('CLIENT');
spl_autoload_register(function (string $class) use ($client): void {
    $file = "$client/src/" . str_replace('\\', '/', $class) . '.php';
    if (file_exists($file)) {
        require $file;
    }
});

$keys = getenv('KEYS');
$config = new Esia\Config(
    clientId: 'SYSTEM',
    clientCertificateHash: trim(file_get_contents("$keys/gost.hash")),
    redirectUrl: 'https://portal.example/back',
    portalUrl: getenv('BASE') . '/',
    scopes: ['openid', 'fullname', 'usr_org'],
);
$signers = [
    'command line' => new Esia\Signer\CliOpenSSLSigner("$keys/gost.key"),
    'extension' => new Esia\Signer\OpenSSLSigner("$keys/gost.key"),
];
$results = [];
foreach ($signers as $name => $signer) {
    $esia = new Esia\Esia($config, $signer);
    $state = sprintf('%08x-0000-4000-8000-%012x', random_int(0, 0xffffffff), random_int(0, 0xffffffff));
    $url = $esia->buildUrl($state);
    $answer = json_decode(file_get_contents(getenv('BROWSER') . '/?url=' . urlencode($url)), true);
    $token = $esia->getToken($answer['code']);
    $results[$name] = [
        'state' => $answer['state'] === $state,
        'oid' => $token->getOid(),
        'refreshed' => $esia->refreshToken($token->refreshToken)->getOid(),
        'logout' => $esia->buildLogoutUrl('https://portal.example/bye'),
    ];
}
echo json_encode($results);

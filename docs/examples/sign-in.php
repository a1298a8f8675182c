<?php
// A sign-in by plain HTTP: php sign-in.php

function call(string $path, string $body): string
{
    $headers = [
        'Content-Type: application/json',
        'Authorization: Basic ' . base64_encode(getenv('STAND_CLIENT')),
    ];
    $http = ['method' => 'POST', 'header' => $headers, 'content' => $body, 'ignore_errors' => true];
    $answer = file_get_contents(getenv('STAND_SERVICE') . $path, false, stream_context_create(['http' => $http]));
    if ($answer === false || !str_contains($http_response_header[0], ' 200')) {
        throw new RuntimeException((string) $answer);
    }
    return $answer;
}

$request = getenv('STAND') . '/request.json';
file_put_contents('challenge.json', call('/v1/challenges', file_get_contents($request)));
// The person signs; here the stand's token does.
$words = ['npx', 'sealgate', 'sign', 'challenge.json', '--login', $request, '--key', 'head', '--out', 'php.json'];
exec(implode(' ', array_map('escapeshellarg', $words)), $output, $status);
if ($status !== 0) {
    throw new RuntimeException('not signed');
}
$login = json_decode(call('/v1/logins', file_get_contents('php.json')), true, 64, JSON_THROW_ON_ERROR);
echo $login['organisation']['name'], "\n";
